using System.Diagnostics;
using System.Text.Json.Nodes;
using ContainerChaos.Linux;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Archives of ours in Debian's podman and skopeo, and theirs in our store: the same ids, and the same files.</summary>
public sealed class ImageExchangeTests : ContainerTest
{
    private const string Reference = "docker.io/library/exchange:1";

    [ToolFact("podman", "busybox=busybox-static")]
    public void Podman_loads_what_we_export_and_we_import_what_it_saves()
    {
        var image = Import();
        foreach (var format in Enum.GetValues<ImageArchiveFormat>())
        {
            var archive = Root[$"ours-{format}.tar"];
            Engine.Images.Export(["exchange:1"], archive, format);
            try
            {
                Podman("load", "--input", archive);
                Assert.Equal(image.Id, "sha256:" + Podman("image", "inspect", "--format", "{{.Id}}", Reference).Trim());
                foreach (var theirs in new[] { "docker-archive", "oci-archive" })
                {
                    Podman("save", "--format", theirs, "--output", Root[theirs], Reference);
                    var store = new ContainerEngine(Options with { DataRoot = Root["back"], TargetPath = Root["none"] }).Images;
                    var back = Assert.Single(store.ImportAll(Root[theirs]));
                    Assert.Equal((format, theirs, image.Id, "exchange:1"), (format, theirs, back.Id, back.Reference));
                    Assert.Equal(image.Layers, back.Layers);
                    Directory.Delete(Root["back"], recursive: true);
                    File.Delete(Root[theirs]);
                }
            }
            finally
            {
                Podman("rmi", "--all", "--force");
            }
        }
    }

    [ToolFact("podman", "busybox=busybox-static")]
    public void The_files_of_an_image_with_removals_are_those_that_podman_has()
    {
        Import();
        Engine.Images.Export(["exchange:1"], Root["ours.tar"]);
        Podman("load", "--input", Root["ours.tar"]);
        var name = Podman("create", "--network", "none", Reference, "/bin/true").Trim();
        Podman("export", "--output", Root["tree.tar"], name);
        Podman("rm", name);
        Podman("rmi", "--all", "--force");
        var theirs = new List<string>();
        using (var file = File.OpenRead(Root["tree.tar"]))
        {
            var reader = new TarArchiveReader(file);
            while (reader.Next() is { } header)
            {
                // Only what the layers brought; the rest are mount points.
                if (header.Name.TrimEnd('/') is var path && (path.StartsWith("data", StringComparison.Ordinal) || path.StartsWith("bin/", StringComparison.Ordinal)))
                    theirs.Add($"{path} {Convert.ToString(header.Mode, 8)} {header.UserId}:{header.GroupId}");
            }
        }

        var container = Engine.Create(new ContainerCreateOptions { Image = "exchange:1", Command = ["/bin/busybox", "sh", "-c", "busybox find data bin | busybox sort | while read f; do busybox stat -c '%n %a %u:%g' $f; done"] });
        Engine.Start(container.Id);
        Assert.Equal(0, Engine.Wait(container.Id).ExitCode);
        var ours = Engine.ReadLog(container.Id, new ContainerLogOptions()).Select(entry => entry.Line).Where(line => !line.StartsWith("bin ", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

        Assert.Equal(theirs.Order(StringComparer.Ordinal), ours);
        Assert.DoesNotContain(theirs, line => line.StartsWith("data/gone", StringComparison.Ordinal));
        Assert.Contains("data/hidden/new 644 0:0", ours);
        Assert.DoesNotContain(ours, line => line.Contains("old", StringComparison.Ordinal));
    }

    [ToolFact("skopeo", "busybox=busybox-static")]
    public void Skopeo_reads_our_archives_and_we_read_its_layouts()
    {
        var image = Import();
        Engine.Images.Export(["exchange:1"], Root["ours.tar"]);
        Engine.Images.Export(["exchange:1"], Root["layout/"], ImageArchiveFormat.Oci);
        foreach (var source in new[] { "docker-archive:" + Root["ours.tar"], $"oci:{Root["layout"]}:1" })
        {
            var inspected = JsonNode.Parse(Run("skopeo", "inspect", "--config", source))!;
            Assert.Equal(image.Layers, inspected["rootfs"]!["diff_ids"]!.AsArray().Select(digest => (string)digest!));
            foreach (var (target, path) in new[] { ($"oci:{Root["copy"]}:latest", "copy"), ($"oci-archive:{Root["copy.tar"]}", "copy.tar"), ($"docker-archive:{Root["docker.tar"]}:exchange:1", "docker.tar") })
            {
                Run("skopeo", "copy", "--insecure-policy", source, target);
                var store = new ContainerEngine(Options with { DataRoot = Root["back"], TargetPath = Root["none"] }).Images;
                Assert.Equal(image.Id, store.Import(Root[path], "back").Id);
                Directory.Delete(Root["back"], recursive: true);
                if (Directory.Exists(Root[path]))
                    Directory.Delete(Root[path], recursive: true);
                else
                    File.Delete(Root[path]);
            }
        }
    }

    [ToolFact("busybox=busybox-static")]
    public void An_image_of_fifty_layers_runs()
    {
        var builder = new ArchiveBuilder(Root.Directory);
        byte[][] layers = [Busybox(), .. Enumerable.Range(0, 50).Select(i => ArchiveBuilder.Layer(($"data/layer{i:D3}", $"{i}")))];
        builder.Files["index.json"] = ArchiveBuilder.Index(builder.Manifest(layers));
        Engine.Images.Import(builder.Tar("many.tar"), "many");

        var container = Engine.Create(new ContainerCreateOptions { Image = "many", Command = ["/bin/busybox", "ls", "/data"] });
        Engine.Start(container.Id);

        Assert.Equal(0, Engine.Wait(container.Id).ExitCode);
        Assert.Equal(50, Engine.ReadLog(container.Id, new ContainerLogOptions()).Count(entry => entry.Line.StartsWith("layer", StringComparison.Ordinal)));
    }

    private Image Import()
    {
        var builder = new ArchiveBuilder(Root.Directory);
        builder.Files["index.json"] = ArchiveBuilder.Index(ArchiveBuilder.Named(
            builder.Manifest(
                [
                    Busybox(),
                    ArchiveBuilder.Layer(("data/", ""), ("data/gone", "x"), ("data/kept", "x"), ("data/hidden/", ""), ("data/hidden/old", "x"), ("data/folder/", ""), ("data/folder/file", "x"), ("data/again/", ""), ("data/again/old", "x")),
                    ArchiveBuilder.Layer(("data/", ""), ("data/.wh.gone", ""), ("data/hidden/", ""), ("data/hidden/.wh..wh..opq", ""), ("data/hidden/new", "y"), ("data/.wh.folder", ""), ("data/.wh.again", ""), ("data/again/", ""), ("data/again/new", "z")),
                ],
                "gzip", settings: """{"Cmd":["/bin/busybox","true"]}"""),
            Reference));
        return Assert.Single(Engine.Images.ImportAll(builder.Tar("exchange.tar")));
    }

    private static byte[] Busybox()
    {
        var bytes = new MemoryStream();
        var program = File.ReadAllBytes(ToolFactAttribute.Find("busybox")!);
        bytes.Write(TarHeaderWriter.Make(new LayerEntry { Path = "bin", Kind = FileKind.Directory, Mode = 0x1ED }, 0));
        bytes.Write(TarHeaderWriter.Make(new LayerEntry { Path = "bin/busybox", Kind = FileKind.Regular, Mode = 0x1ED }, program.Length));
        bytes.Write(program);
        bytes.Write(new byte[TarBlock.Padding(program.Length)]);
        bytes.Write(TarHeaderWriter.End);
        return bytes.ToArray();
    }

    private string Podman(params string[] arguments) =>
        Run("podman", ["--root", Root["podman"], "--runroot", Root["podman-run"], "--tmpdir", Root["podman-tmp"], "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs", "--events-backend", "none", .. arguments]);

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(TimeSpan.FromMinutes(1)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)}");
        }

        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {errors.Result}");
        return output.Result;
    }
}
