using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>A loss of power, or a failing disk, leaves files empty or cut off: the store opens all the same, says which is bad, and lets it be removed.</summary>
public sealed class DamagedStoreTests : ContainerTest
{
    public static TheoryData<string, int> Cuts => new()
    {
        { "container.json", 0 }, { "container.json", 50 }, { "container.json", -1 },
        { "state.json", 0 }, { "state.json", 10 }, { "state.json", -1 },
        { "config.json", 0 }, { "config.json", 100 },
    };

    [Theory]
    [MemberData(nameof(Cuts))]
    public void A_container_with_a_damaged_file_is_listed_beside_the_others_and_can_be_removed(string file, int length)
    {
        var (good, bad) = (Engine.Create(Target("pause") with { Name = "good" }), Engine.Create(Target("exit", "3") with { Name = "bad", Volumes = ["data:/data"] }));
        var path = Path.Combine(bad.RootPath, file);
        Cut(path, length);
        var engine = new ContainerEngine(Options);
        Assert.Equal(["bad", "good"], engine.List().Select(container => container.Name).Order());
        Assert.Equal(["data"], engine.ListVolumes().Select(volume => volume.Name));
        Assert.Contains(engine.Images.List(), image => image.Reference == "target:latest");
        var found = engine.Get("bad");
        if (file == "container.json")
        {
            Assert.Equal(ContainerStatus.Dead, found.State);
            Assert.Contains(path, found.Error, StringComparison.Ordinal);
            Fails(ErrorReason.StoreDamaged, () => engine.Start(bad.Id));
            Assert.Contains("bad", Fails(ErrorReason.NameInUse, () => engine.Create(Target() with { Name = "bad" })).Message, StringComparison.Ordinal);
        }
        else if (file == "state.json")
        {
            // Nothing else is lost, and the next start writes it anew.
            Assert.Contains(path, found.Error, StringComparison.Ordinal);
            engine.Start(bad.Id);
            Assert.Equal(3, engine.Wait(bad.Id).ExitCode);
        }
        else
        {
            Assert.ThrowsAny<ContainerException>(() => engine.Start(bad.Id));
        }

        engine.Start(good.Id);
        engine.Remove("bad");
        engine.Create(Target() with { Name = "bad" });
    }

    [Fact]
    public void An_empty_name_is_nobody_s()
    {
        var container = Engine.Create(Target() with { Name = "app" });
        Cut(Path.Combine(Root.DataRoot, "names/app"), 0);
        var engine = new ContainerEngine(Options);
        Assert.Equal("app", Assert.Single(engine.List()).Name);
        Fails(ErrorReason.ContainerNotFound, () => engine.Get("app"));
        engine.Remove(container.Id);
        engine.Remove(engine.Create(Target() with { Name = "app" }).Id);
    }

    [Fact]
    public void A_volume_s_damaged_definition_costs_its_labels_and_not_its_data()
    {
        var volume = Engine.CreateVolume(new VolumeCreateOptions { Name = "data", Labels = new Dictionary<string, string> { ["a"] = "b" } });
        File.WriteAllText(Path.Combine(volume.Mountpoint, "file"), "data");
        Cut(Path.Combine(volume.Mountpoint, "../volume.json"), 0);
        var found = new ContainerEngine(Options).GetVolume("data");
        Assert.Contains("volume.json", found.Warning, StringComparison.Ordinal);
        var container = Engine.Start(Engine.Create(Target("pause") with { Volumes = ["data:/data"] }).Id);
        Assert.Equal("data", File.ReadAllText($"/proc/{container.Pid}/root/data/file"));
        Engine.Remove(container.Id, force: true);
        Engine.RemoveVolume("data");
    }

    [Fact]
    public void A_damaged_network_is_named_by_its_id_and_can_be_removed()
    {
        var network = Engine.CreateNetwork(new NetworkCreateOptions { Name = "shop", Subnets = ["10.215.0.0/24"] });
        Cut(Path.Combine(Root.DataRoot, "networks", network.Id, "network.json"), 20);
        var engine = new ContainerEngine(Options);
        Assert.Contains("network.json", engine.ListNetworks().Single(one => one.Id == network.Id).Warning, StringComparison.Ordinal);
        Fails(ErrorReason.StoreDamaged, () => engine.Create(Target() with { Network = network.ShortId }));
        engine.RemoveNetwork(network.ShortId);
        engine.CreateNetwork(new NetworkCreateOptions { Name = "shop", Subnets = ["10.215.0.0/24"] });
    }

    [Fact]
    public void A_damaged_image_is_named_is_mended_by_importing_it_again_and_can_be_removed()
    {
        var good = Engine.Images.Import(MakeTree(), "good:1");
        var tree = MakeTree("other");
        File.WriteAllText(Path.Combine(tree, "other"), "other");
        var bad = Engine.Images.Import(tree, "bad:1");
        var document = Path.Combine(Root.DataRoot, "images", bad.Id["sha256:".Length..] + ".json");
        Cut(document, 30);
        var store = new ContainerEngine(Options).Images;
        Assert.DoesNotContain("bad:1", store.List().Select(image => image.Reference));
        Assert.Equal(bad.Id, Assert.Single(store.ListDamaged()).Reference);
        Assert.Contains(document, Fails(ErrorReason.StoreDamaged, () => store.Get("bad:1")).Message, StringComparison.Ordinal);
        // Other images come and go; its layer stays, since nobody knows that it is not needed.
        store.Tag("good:1", "good:2");
        store.Remove("good:2");
        Assert.True(Directory.Exists(Path.Combine(Root.DataRoot, "layers", bad.Layers[0]["sha256:".Length..])));
        Assert.Equal(bad.Id, store.Import(tree, "bad:1").Id);
        Assert.Empty(store.ListDamaged());

        Cut(document, 0);
        Cut(Path.Combine(Root.DataRoot, "images/references/good%3A1"), 0);
        store = new ContainerEngine(Options).Images;
        Assert.Equal(2, store.ListDamaged().Count);
        store.Remove("bad:1");
        store.Remove("good:1");
        Assert.Empty(store.ListDamaged());
        Assert.False(Directory.Exists(Path.Combine(Root.DataRoot, "layers", bad.Layers[0]["sha256:".Length..])));
        Assert.Equal(good.Id, store.Import(Root["tree"], "good:1").Id);
    }

    /// <summary>Cuts a file off, or takes it away.</summary>
    private static void Cut(string path, int length)
    {
        if (length < 0)
        {
            File.Delete(path);
            return;
        }

        using var file = File.OpenWrite(path);
        file.SetLength(length);
    }
}
