using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Images made of containers.</summary>
public sealed class SaveTests : ContainerTest
{
    [ToolFact("busybox=busybox-static")]
    public void What_a_container_wrote_and_removed_is_a_layer_of_the_new_image()
    {
        var builder = new ArchiveBuilder(Root.Directory);
        builder.Files["index.json"] = ArchiveBuilder.Index(builder.Manifest([Tree()], settings: """{"Entrypoint":["/bin/busybox"],"Cmd":["true"],"Env":["A=image"]}"""));
        var below = Engine.Images.Import(builder.Tar("base.tar"), "base");
        var script = "busybox rm /data/gone; busybox rm -r /data/folder; busybox mkdir /data/folder; echo new > /data/folder/new; echo changed > /data/kept";
        var container = Engine.Create(new ContainerCreateOptions
        {
            Name = "worker",
            Image = "base",
            Command = ["sh", "-c", script],
            Env = new Dictionary<string, string> { ["B"] = "own" },
            WorkingDirectory = "/data",
            Labels = new Dictionary<string, string> { ["l"] = "v" },
        });
        Engine.Start(container.Id);
        Assert.Equal(0, Engine.Wait(container.Id).ExitCode);

        var image = Engine.Save("worker", "saved:1", new ContainerCommitOptions { Author = "me", Message = "by hand", Changes = ["CMD [\"ls\", \"-R\", \"/data\"]", "ENV C=\"two words\" D=4", "EXPOSE 80 53/udp", "LABEL x=y", "VOLUME /srv", "WORKDIR sub", "STOPSIGNAL SIGINT", "HEALTHCHECK --interval=2s --retries=2 CMD busybox true"] });

        Assert.Equal([.. below.Layers, image.Layers[^1]], image.Layers);
        Assert.Equal(["/bin/busybox"], image.Entrypoint);
        Assert.Equal(["ls", "-R", "/data"], image.Command);
        Assert.Equal(["A=image", "B=own", "C=two words", "D=4"], image.Env);
        Assert.Equal(("/data/sub", "SIGINT", "v", "y", "me"), (image.WorkingDirectory, image.StopSignal, image.Labels["l"], image.Labels["x"], image.Author));
        Assert.Equal(["53/udp", "80/tcp"], image.ExposedPorts);
        Assert.Equal(["/srv"], image.Volumes);
        Assert.Equal(("CMD-SHELL busybox true", 2), (image.Healthcheck!.ToString(), image.Healthcheck.Retries));
        var entry = Engine.Images.GetHistory("saved:1")[0];
        Assert.Equal(("me", "by hand", image.Layers[^1]), (entry.Author, entry.Comment, entry.Layer));
        var top = Engine.Images.GetLowerDirs(image)[0];
        Assert.Equal(FileKind.CharacterDevice, FileStatus.Read(Path.Combine(top, "data/gone")).Kind);
        Assert.Contains(ExtendedAttributes.Read(Path.Combine(top, "data/folder")), attribute => attribute.Key == "trusted.overlay.opaque");

        var again = Engine.Start(Engine.Create(new ContainerCreateOptions { Name = "again", Image = "saved:1", WorkingDirectory = "/" }).Id);
        Assert.Equal(0, Engine.Wait(again.Id).ExitCode);
        Assert.Equal(["/data:", "folder", "kept", "/data/folder:", "new"], Engine.ReadLog("again", new ContainerLogOptions()).Select(line => line.Line).Where(line => line is { Length: > 0 } and not "sub" and not "/data/sub:"));

        // Out and in again, so the layer's archive is what the digest says.
        Engine.Images.Export(["saved:1"], Root["saved.tar"], ImageArchiveFormat.Oci);
        var store = new ContainerEngine(Options with { DataRoot = Root["back"], TargetPath = Root["none"] }).Images;
        Assert.Equal(image.Id, store.Import(Root["saved.tar"], "saved:1").Id);
        Directory.Delete(Root["back"], recursive: true);
    }

    [Fact]
    public void A_running_container_is_frozen_and_runs_on()
    {
        var container = Run("serve");
        using var events = Engine.Subscribe(container.Id);

        Engine.Save(container.Id, "running");

        AwaitEvent(events, "pause");
        AwaitEvent(events, "unpause");
        Assert.Equal(ContainerStatus.Running, Engine.Get(container.Id).State);
        Engine.Save(container.Id, "running:2", new ContainerCommitOptions { NoPause = true });
    }

    [Theory]
    [InlineData("FROM x")]
    [InlineData("CMD")]
    [InlineData("ENV A")]
    [InlineData("ENV A=b c")]
    [InlineData("EXPOSE 80/icmp")]
    [InlineData("EXPOSE 70000")]
    [InlineData("STOPSIGNAL NONE")]
    [InlineData("HEALTHCHECK --often=1s CMD x")]
    [InlineData("HEALTHCHECK true")]
    public void A_change_that_is_no_line_for_an_image_is_refused(string change)
    {
        var container = Engine.Create(Target("true"));
        var error = Fails(ErrorReason.InvalidArgument, () => Engine.Save(container.Id, "bad", new ContainerCommitOptions { Changes = [change] }));
        Assert.Contains(change.Split(' ')[0], error.Message + error.Target, StringComparison.Ordinal);
        Assert.Empty(Engine.Images.ListReferences("bad"));
    }

    private static byte[] Tree()
    {
        var program = File.ReadAllBytes(ToolFactAttribute.Find("busybox")!);
        var bytes = new MemoryStream();
        Add("bin/", 0x1ED, []);
        Add("bin/busybox", 0x1ED, program);
        Add("data/", 0x1ED, []);
        Add("data/gone", 0x1A4, "x"u8.ToArray());
        Add("data/kept", 0x1A4, "x"u8.ToArray());
        Add("data/folder/", 0x1ED, []);
        Add("data/folder/old", 0x1A4, "x"u8.ToArray());
        bytes.Write(TarHeaderWriter.End);
        return bytes.ToArray();

        void Add(string name, uint mode, byte[] content)
        {
            bytes.Write(TarHeaderWriter.Make(new TarHeader { Name = name, Type = name.EndsWith('/') ? '5' : '0', Mode = mode, Size = content.Length }));
            bytes.Write(content);
            bytes.Write(new byte[TarBlock.Padding(content.Length)]);
        }
    }
}
