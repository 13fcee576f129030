using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Image layouts and docker save archives, in and out.</summary>
public sealed class ImageArchiveTests : EngineTest
{
    private const string Settings = """{"Cmd":["serve"],"Entrypoint":["/app"],"Env":["A=1","BROKEN"],"User":"app","WorkingDir":"/srv","StopSignal":"SIGINT","ExposedPorts":{"80/tcp":{}},"Volumes":{"/data":{}},"Healthcheck":{"Test":["CMD","/app","probe"],"Interval":2000000000},"Labels":{"a":"b"}}""";

    private static readonly byte[] s_base = ArchiveBuilder.Layer(("./", ""), ("etc/", ""), ("etc/name", "base"), ("etc/gone", "x"), ("old/", ""), ("old/file", "x"));
    private static readonly byte[] s_top = ArchiveBuilder.Layer(("etc/", ""), ("etc/name", "top"), ("etc/.wh.gone", ""), ("old/", ""), ("old/.wh..wh..opq", ""), ("old/new", "y"));

    private ArchiveBuilder Builder => field ??= new ArchiveBuilder(Root.Directory);

    [Theory]
    [InlineData(null, null)]
    [InlineData("gzip", null)]
    [InlineData("zstd", null)]
    [InlineData("gzip", "gzip")]
    [InlineData("zstd", "zstd")]
    public void A_layout_in_a_tar_file_is_imported_with_its_configuration(string? layers, string? archive)
    {
        Builder.Files["index.json"] = ArchiveBuilder.Index(ArchiveBuilder.Named(Builder.Manifest([s_base, s_top], layers, settings: Settings), "docker.io/library/web:2"));

        var image = Assert.Single(Engine.Images.ImportAll(Builder.Tar("any.name", archive)));

        Assert.Equal("web:2", image.Reference);
        Assert.Equal(ContentDigest.Of(ArchiveBuilder.Config([s_base, s_top], settings: Settings)), image.Id);
        Assert.Equal([ContentDigest.Of(s_base), ContentDigest.Of(s_top)], image.Layers);
        Assert.Equal(("/app", "serve", "A=1", "app", "/srv"), (image.Entrypoint.Single(), image.Command.Single(), image.Env.Single(), image.User, image.WorkingDirectory));
        Assert.Equal(("SIGINT", "80/tcp", "/data", "b"), (image.StopSignal, image.ExposedPorts.Single(), image.Volumes.Single(), image.Labels["a"]));
        Assert.Equal((TimeSpan.FromSeconds(2), "CMD /app probe"), (image.Healthcheck!.Interval, image.Healthcheck.ToString()));
        Assert.Equal(image.Id, Engine.Images.Get("docker.io/library/web:2").Id);
    }

    [Fact]
    public void A_layout_in_a_directory_is_imported_under_the_name_given_or_its_own()
    {
        Builder.Files["index.json"] = ArchiveBuilder.Index(Builder.Manifest([s_base], "gzip"));

        Assert.Equal("layout:latest", Engine.Images.ImportAll(Builder.Folder("layout"))[0].Reference);
        Assert.Equal("other:1", Engine.Images.Import(Root["layout"], "other:1").Reference);
        Assert.Single(Directory.GetDirectories(Path.Combine(Root.DataRoot, "layers")));
    }

    [Fact]
    public void Removed_files_and_hidden_directories_are_what_overlayfs_takes_for_that()
    {
        Builder.Files["index.json"] = ArchiveBuilder.Index(Builder.Manifest([s_base, s_top]));

        var lower = Engine.Images.GetLowerDirs(Engine.Images.Import(Builder.Tar("a.tar"), "a"));

        var gone = FileStatus.Read(Path.Combine(lower[0], "etc/gone"));
        Assert.Equal((FileKind.CharacterDevice, 0u, 0u), (gone.Kind, gone.DeviceMajor, gone.DeviceMinor));
        Assert.Equal("y"u8.ToArray(), ExtendedAttributes.Read(Path.Combine(lower[0], "old")).Single(attribute => attribute.Key == "trusted.overlay.opaque").Value);
        Assert.Equal(["new"], Directory.GetFiles(Path.Combine(lower[0], "old")).Select(Path.GetFileName));
        Assert.False(Path.Exists(Path.Combine(lower[0], "etc/.wh.gone")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_layer_removes_and_makes_anew_hides_what_was_below_in_either_order(bool removedFirst)
    {
        (string, string)[] entries = removedFirst ? [(".wh.old", ""), ("old/", ""), ("old/new", "y")] : [("old/", ""), ("old/new", "y"), (".wh.old", "")];
        Builder.Files["index.json"] = ArchiveBuilder.Index(Builder.Manifest([s_base, ArchiveBuilder.Layer(entries)]));

        var lower = Engine.Images.GetLowerDirs(Engine.Images.Import(Builder.Tar("a.tar"), "a"));

        Assert.Contains(ExtendedAttributes.Read(Path.Combine(lower[0], "old")), attribute => attribute.Key == "trusted.overlay.opaque");
        Assert.True(File.Exists(Path.Combine(lower[0], "old/new")));
    }

    [Theory]
    [InlineData(".wh.")]
    [InlineData(".wh..")]
    [InlineData("etc/.wh...")]
    public void What_removes_nothing_with_a_name_is_refused(string path)
    {
        Builder.Files["index.json"] = ArchiveBuilder.Index(Builder.Manifest([ArchiveBuilder.Layer((path, ""))]));
        Fails(ErrorReason.InvalidImage, () => Engine.Images.Import(Builder.Tar("a.tar"), "a"));
    }

    [Fact]
    public void Of_several_machines_this_one_is_picked_and_statements_are_not_images()
    {
        var other = ArchiveBuilder.Machine == "s390x" ? "arm64" : "s390x";
        var statement = ArchiveBuilder.For(Builder.Manifest([s_top]), "unknown");
        statement["platform"]!["os"] = "unknown";
        var inner = ArchiveBuilder.Index(
            ArchiveBuilder.For(Builder.Manifest([s_top], architecture: other), other), ArchiveBuilder.For(Builder.Manifest([s_base]), ArchiveBuilder.Machine), statement);
        Builder.Files["index.json"] = ArchiveBuilder.Index(ArchiveBuilder.Named(Builder.Blob(inner, OciManifest.IndexType), "example.org/app:1"));

        Assert.Equal(ContentDigest.Of(s_base), Assert.Single(Engine.Images.ImportAll(Builder.Tar("a.tar")).Single().Layers));

        Builder.Files["index.json"] = ArchiveBuilder.Index(ArchiveBuilder.For(Builder.Manifest([s_top], architecture: other), other));
        var error = Fails(ErrorReason.NotSupported, () => Engine.Images.Import(Builder.Tar("b.tar"), "b"));
        Assert.Contains($"linux/{other}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_docker_save_archive_of_the_old_form_is_imported_with_all_names()
    {
        var config = ArchiveBuilder.Config([s_base, s_top, s_base]);
        var name = ContentDigest.Of(config)["sha256:".Length..];
        Builder.Files.Clear();
        Builder.Files["aa" + name[2..] + "/layer.tar"] = s_base;
        Builder.Files["bb" + name[2..] + "/layer.tar"] = s_top;
        Builder.Files[name + ".json"] = config;
        Builder.Files["repositories"] = "{}"u8.ToArray();
        Builder.Files["manifest.json"] = System.Text.Encoding.UTF8.GetBytes(
            $$"""[{"Config":"{{name}}.json","RepoTags":["app:1","example.org/app:2"],"Layers":["aa{{name[2..]}}/layer.tar","bb{{name[2..]}}/layer.tar","aa{{name[2..]}}/layer.tar"]}]""");

        var images = Engine.Images.ImportAll(Builder.Tar("saved.tar.gz", "gzip"));

        Assert.Equal(["app:1", "example.org/app:2"], images.Select(image => image.Reference));
        Assert.All(images, image => Assert.Equal("sha256:" + name, image.Id));
        Assert.Equal(2, Directory.GetDirectories(Path.Combine(Root.DataRoot, "layers")).Length);
    }

    [Fact]
    public void A_wrong_digest_is_an_error_with_both_and_leaves_nothing()
    {
        var manifest = Builder.Manifest([s_base], "gzip");
        Builder.Files["index.json"] = ArchiveBuilder.Index(manifest);
        var (name, content) = Builder.Files.Single(file => file.Value is [0x1f, 0x8b, ..]);
        var wrong = ArchiveBuilder.Compress(s_top, "gzip");
        Builder.Files[name] = [.. wrong, .. new byte[Math.Max(0, content.Length - wrong.Length)]];

        var error = Fails(ErrorReason.InvalidImage, () => Engine.Images.Import(Builder.Tar("a.tar"), "a"));

        Assert.Contains("layer 1 of 1", error.Message, StringComparison.Ordinal);
        if (Builder.Files[name].Length == content.Length)
        {
            Assert.Contains(ContentDigest.Of(content), error.Message, StringComparison.Ordinal);
            Assert.Contains(ContentDigest.Of(Builder.Files[name]), error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(Engine.Images.ListReferences("a"));
        Assert.Empty(Directory.Exists(Path.Combine(Root.DataRoot, "layers")) ? Directory.GetFileSystemEntries(Path.Combine(Root.DataRoot, "layers")) : []);
    }

    [Fact]
    public void A_layer_that_its_configuration_does_not_mean_is_an_error_with_both_digests()
    {
        var config = ArchiveBuilder.Config([s_base]);
        Builder.Files["c.json"] = config;
        Builder.Files["l.tar"] = s_top;
        Builder.Files["manifest.json"] = """[{"Config":"c.json","RepoTags":null,"Layers":["l.tar"]}]"""u8.ToArray();

        var error = Fails(ErrorReason.InvalidImage, () => Engine.Images.Import(Builder.Tar("a.tar"), "a"));

        Assert.Contains(ContentDigest.Of(s_base), error.Message, StringComparison.Ordinal);
        Assert.Contains(ContentDigest.Of(s_top), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_layer_is_named()
    {
        Builder.Files["index.json"] = ArchiveBuilder.Index(Builder.Manifest([s_base], "gzip"));
        var (name, content) = Builder.Files.Single(file => file.Value is [0x1f, 0x8b, ..]);
        Builder.Files.Remove(name);

        var error = Fails(ErrorReason.InvalidImage, () => Engine.Images.Import(Builder.Tar("a.tar"), "a"));
        Assert.Contains(ContentDigest.Of(content), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_command_for_an_image_that_has_its_own_is_refused()
    {
        Builder.Files["index.json"] = ArchiveBuilder.Index(Builder.Manifest([s_base]));
        Fails(ErrorReason.InvalidArgument, () => Engine.Images.Import(Builder.Tar("a.tar"), "a", new ImportOptions { Command = ["x"] }));
    }

    [Theory]
    [InlineData(ImageArchiveFormat.Docker, false)]
    [InlineData(ImageArchiveFormat.Oci, false)]
    [InlineData(ImageArchiveFormat.Oci, true)]
    public void What_is_exported_comes_back_as_the_very_same_image(ImageArchiveFormat format, bool directory)
    {
        Builder.Files["index.json"] = ArchiveBuilder.Index(ArchiveBuilder.Named(Builder.Manifest([s_base, s_top], "gzip", settings: Settings), "team/web:2"));
        var original = Engine.Images.ImportAll(Builder.Tar("in.tar")).Single();
        var tree = Engine.Images.Import(MakeTree(), "tree");
        var target = Root["target"];
        File.Copy(Testing.TestRoot.TargetPath, target);
        var embedded = Engine.Images.Get("target");
        var path = Root["out"] + (directory ? "/" : ".tar");

        Engine.Images.Export(["team/web:2", "tree", "target"], path, format);

        var elsewhere = new ContainerEngine(Options with { DataRoot = Root["elsewhere"], TargetPath = Root["none"] });
        // The embedded image's name is its own, so that one comes without the others.
        Engine.Images.Export(["team/web:2", "tree"], Root["two"] + (directory ? "/" : ".tar"), format);
        var back = elsewhere.Images.ImportAll(Root["two"] + (directory ? "" : ".tar"));
        Assert.Equal([(original.Reference, original.Id), (tree.Reference, tree.Id)], back.Select(image => (image.Reference, image.Id)));
        Assert.True(Path.Exists(path.TrimEnd('/')));
        Assert.NotEqual(embedded.Id, tree.Id);
        Directory.Delete(Root["elsewhere"], recursive: true);
    }

    [Fact]
    public void A_tree_that_was_changed_in_the_store_is_not_exported()
    {
        var image = Engine.Images.Import(MakeTree(), "tree");
        File.WriteAllText(Path.Combine(Engine.Images.GetLowerDirs(image)[0], "hello"), "HELLO\n");

        Fails(ErrorReason.InvalidImage, () => Engine.Images.Export(["tree"], Root["out.tar"]));

        Assert.Empty(Directory.GetFileSystemEntries(Root.Directory, "*out*"));
        Assert.Empty(Directory.GetFileSystemEntries(Root.Directory, ".export*"));
    }

    [Fact]
    public void A_further_name_keeps_an_image_that_loses_its_first()
    {
        var image = Engine.Images.Import(MakeTree(), "app:1");

        Assert.Equal("team/app:stable", Engine.Images.Tag("app:1", "team/app:stable").Reference);
        Engine.Images.Remove("app:1");

        Assert.Equal(image.Id, Engine.Images.Get("team/app:stable").Id);
        Fails(ErrorReason.InvalidName, () => Engine.Images.Tag("team/app:stable", "target"));
        Fails(ErrorReason.ImageNotFound, () => Engine.Images.Tag("app:1", "b"));
    }

    [Fact]
    public void The_history_goes_with_the_layers_newest_first()
    {
        var config = System.Text.Encoding.UTF8.GetString(ArchiveBuilder.Config([s_base, s_top]));
        config = config[..^1] + ""","history":[{"created":"2026-01-02T03:04:05Z","created_by":"ADD base"},{"created_by":"CMD","empty_layer":true},{"created_by":"COPY top","comment":"c","author":"me"}]}""";
        Builder.Files["c.json"] = System.Text.Encoding.UTF8.GetBytes(config);
        Builder.Files["l1.tar"] = s_base;
        Builder.Files["l2.tar"] = s_top;
        Builder.Files["manifest.json"] = """[{"Config":"c.json","RepoTags":["app:1"],"Layers":["l1.tar","l2.tar"]}]"""u8.ToArray();
        Engine.Images.ImportAll(Builder.Tar("a.tar"));

        var history = Engine.Images.GetHistory("app:1");

        Assert.Equal(["COPY top", "CMD", "ADD base"], history.Select(entry => entry.CreatedBy));
        Assert.Equal([ContentDigest.Of(s_top), null, ContentDigest.Of(s_base)], history.Select(entry => entry.Layer));
        Assert.Equal(("me", "c", 4L), (history[0].Author, history[0].Comment, history[0].SizeBytes));
        Assert.Equal(2026, history[2].Created!.Value.Year);
    }
}
