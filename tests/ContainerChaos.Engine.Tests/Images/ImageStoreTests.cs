using ContainerChaos.Runtime;
using ContainerChaos.Testing;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class ImageStoreTests : EngineTest
{
    [Fact]
    public void A_reference_without_a_tag_means_latest()
    {
        var image = Engine.Images.Import(MakeTree(), "team/orders", new ImportOptions { Command = ["/hello"], Env = ["A=1"] });

        Assert.Equal("team/orders:latest", image.Reference);
        Assert.Equivalent(image, Engine.Images.Get("team/orders:latest"));
        Assert.Equivalent(image, new ContainerEngine(Options).Images.Get("team/orders"));
        Assert.Equal(image.Id, Engine.Images.Get(image.Id).Id);
        Assert.Equal(image.Id, Engine.Images.Get(image.Id["sha256:".Length..][..12]).Id);
        Assert.Equal(["team/orders:latest"], Engine.Images.ListReferences("team"));
    }

    [Theory]
    [InlineData("UPPER")]
    [InlineData("a b")]
    [InlineData("a:b:c")]
    [InlineData("-a")]
    [InlineData("a/")]
    [InlineData("../a")]
    [InlineData("a@sha256:00")]
    public void A_malformed_reference_is_refused(string reference)
    {
        Fails(ErrorReason.InvalidName, () => Engine.Images.Import(MakeTree(), reference));
        Fails(ErrorReason.InvalidName, () => Engine.Images.Get(reference));
    }

    [Fact]
    public void An_unknown_image_is_named()
    {
        var error = Fails(ErrorReason.ImageNotFound, () => Engine.Images.Get("nowhere"));
        Assert.Contains("'nowhere:latest'", error.Message, StringComparison.Ordinal);
        Fails(ErrorReason.ImageNotFound, () => Engine.Images.Remove("nowhere"));
    }

    [Fact]
    public void A_reference_that_moves_takes_the_old_image_away()
    {
        Engine.Images.Import(MakeTree(), "app");
        File.WriteAllText(Root["tree/more"], "more");
        var moved = Engine.Images.Import(Root["tree"], "app");

        Assert.Equal(moved.Id, Engine.Images.Get("app").Id);
        Assert.Single(Directory.GetDirectories(Path.Combine(Root.DataRoot, "layers")));
    }

    [Fact]
    public void An_image_in_use_stays_and_its_containers_are_named()
    {
        Engine.Images.Import(MakeTree(), "app");
        Engine.Create(new ContainerCreateOptions { Name = "user", Image = "app", Command = ["/hello"] });

        var error = Fails(ErrorReason.ImageInUse, () => Engine.Images.Remove("app"));
        Assert.Contains("'user'", error.Message, StringComparison.Ordinal);
        Assert.NotNull(Engine.Images.Get("app"));

        Engine.Images.Remove("app", force: true);
        Fails(ErrorReason.ImageNotFound, () => Engine.Images.Get("app"));
        Assert.Single(Directory.GetDirectories(Path.Combine(Root.DataRoot, "layers")));
        Engine.Remove("user");
    }

    [Fact]
    public void A_hundred_containers_share_one_copy_of_their_layer()
    {
        for (var i = 0; i < 100; i++)
            Engine.Create(new ContainerCreateOptions { Name = $"c{i}", Image = "target" });

        Assert.Single(Directory.GetDirectories(Path.Combine(Root.DataRoot, "layers")));
        var copies = Directory.EnumerateFiles(Root.DataRoot, "target", SearchOption.AllDirectories).ToArray();
        Assert.Single(copies);
        Assert.Equal(new FileInfo(TestRoot.TargetPath).Length, new FileInfo(copies[0]).Length);
        Assert.Equal(100, Engine.List().Count);
    }

    [Fact]
    public void The_embedded_image_is_there_without_an_import()
    {
        var image = Engine.Images.Get("target");

        Assert.Equal("target:latest", image.Reference);
        Assert.Equal(["/target"], image.Entrypoint);
        Assert.Equal(["serve"], image.Command);
        Assert.Equal(new FileInfo(TestRoot.TargetPath).Length, image.SizeBytes);
        Assert.Contains(Engine.Images.List(), listed => listed.Id == image.Id);
        Fails(ErrorReason.InvalidName, () => Engine.Images.Import(MakeTree(), "target"));
    }

    [Fact]
    public void Another_binary_is_another_embedded_image()
    {
        var binary = Root["target"];
        File.Copy(TestRoot.TargetPath, binary);
        var images = new ContainerEngine(Options with { TargetPath = binary }).Images;
        var before = images.Get("target");
        Assert.Equal(before.Id, Engine.Images.Get("target").Id);

        File.AppendAllText(binary, "more");
        var after = images.Get("target");

        Assert.NotEqual(before.Id, after.Id);
        Assert.Single(Directory.GetDirectories(Path.Combine(Root.DataRoot, "layers")));
    }

    [Fact]
    public void A_missing_binary_is_named()
    {
        var error = Fails(ErrorReason.ImageNotFound, () => new ContainerEngine(Options with { TargetPath = Root["gone"] }).Images.Get("target"));
        Assert.Contains(Root["gone"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Engines_side_by_side_import_the_same_tree_once()
    {
        var tree = MakeTree();

        Parallel.For(0, 16, i => new ContainerEngine(Options).Images.Import(tree, $"copy{i % 4}"));

        Assert.Equal(4, Engine.Images.ListReferences("copy").Count);
        Assert.Single(Directory.GetDirectories(Path.Combine(Root.DataRoot, "layers")));
    }
}
