using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Images of many layers, whose paths do not fit into one mount(2).</summary>
public sealed class DeepImageTests : ContainerTest
{
    [Fact]
    public void An_image_of_as_many_layers_as_Docker_allows_runs_and_one_more_is_refused()
    {
        var target = File.ReadAllBytes(Testing.TestRoot.TargetPath);
        byte[][] layers = [ArchiveBuilder.Layer(("etc/passwd", "root:x:0:0::/:/bin/sh\n")), .. Enumerable.Range(1, 126).Select(i => ArchiveBuilder.Layer(($"layer{i}", $"{i}"), ("last", $"{i}")))];
        Engine.Images.ImportAll(Archive("deep", layers));
        // The program comes by a bind mount, so that no layer needs it.
        var bound = Root["program"];
        File.WriteAllBytes(bound, target);
        File.SetUnixFileMode(bound, (UnixFileMode)0x1ED);
        var container = Engine.Start(Engine.Create(new ContainerCreateOptions { Image = "deep:1", Command = ["/target", "pause"], Volumes = [bound + ":/target"], User = "root" }).Id);
        var root = $"/proc/{container.Pid}/root";
        Assert.Equal("126", File.ReadAllText(root + "/last"));
        Assert.All(Enumerable.Range(1, 126), i => Assert.Equal($"{i}", File.ReadAllText($"{root}/layer{i}")));
        Fails(Runtime.ErrorReason.NotSupported, () => Engine.Save(container.Id, "deeper:1"));
        Fails(Runtime.ErrorReason.NotSupported, () => Engine.Images.ImportAll(Archive("deeper", [.. layers, ArchiveBuilder.Layer(("one", "more"))])));
        Engine.Remove(container.Id, force: true);
        Engine.Images.Remove("deep:1");
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(Root.DataRoot, "layers/.links")));
    }

    private string Archive(string name, byte[][] layers)
    {
        var builder = new ArchiveBuilder(Root.Directory);
        builder.Files["index.json"] = ArchiveBuilder.Index(ArchiveBuilder.Named(builder.Manifest(layers, "gzip"), name + ":1"));
        return builder.Tar(name + ".tar");
    }
}
