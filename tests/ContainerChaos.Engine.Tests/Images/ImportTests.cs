using System.Formats.Tar;
using System.IO.Compression;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Testing;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class ImportTests : EngineTest
{
    private string Layers => Path.Combine(Root.DataRoot, "layers");

    [Fact]
    public void A_directory_keeps_owners_modes_times_links_nodes_and_attributes()
    {
        var tree = MakeTree();
        using (var directory = UnixDirectory.Open(tree))
        {
            directory.SetOwner("hello", 1000, 1001);
            directory.SetMode("hello", 0x9ED); // 04755
            directory.SetExtendedAttribute("hello", "user.note", [0, 255, 1]);
            directory.CreateSymbolicLink("absolute", "/etc/passwd");
            directory.CreateHardLink("again", directory, "hello");
            directory.CreateNode("pipe", FileKind.Fifo, 0, 0);
            directory.CreateNode("null", FileKind.CharacterDevice, 1, 3);
            directory.CreateNode("disk", FileKind.BlockDevice, 259, 70000);
            directory.SetModificationTime("hello", 1_000_000_000, 123_456_789);
            directory.SetModificationTime("etc", 999_999_999, 1);
            directory.SetMode(".", 0x1ED);
        }

        var copy = TreeOf(Engine.Images.Import(tree, "copy"));

        foreach (var name in new[] { "", "etc", "etc/passwd", "hello", "absolute", "again", "pipe", "null", "disk" })
        {
            var (expected, actual) = (FileStatus.Read(Path.Combine(tree, name)), FileStatus.Read(Path.Combine(copy, name)));
            Assert.Equal(
                (name, expected.Kind, expected.Mode, expected.UserId, expected.GroupId, expected.Links, expected.DeviceMajor, expected.DeviceMinor),
                (name, actual.Kind, actual.Mode, actual.UserId, actual.GroupId, actual.Links, actual.DeviceMajor, actual.DeviceMinor));
            Assert.Equal((name, expected.ModifiedSeconds, expected.ModifiedNanoseconds), (name, actual.ModifiedSeconds, actual.ModifiedNanoseconds));
        }

        Assert.Equal(FileStatus.Read(Path.Combine(copy, "hello")).Inode, FileStatus.Read(Path.Combine(copy, "again")).Inode);
        Assert.Equal("/etc/passwd", new FileInfo(Path.Combine(copy, "absolute")).LinkTarget);
        Assert.Equal([0, 255, 1], ExtendedAttributes.Read(Path.Combine(copy, "hello")).Single(attribute => attribute.Key == "user.note").Value);
    }

    [Theory]
    [InlineData(TarEntryFormat.Ustar, false)]
    [InlineData(TarEntryFormat.Pax, true)]
    [InlineData(TarEntryFormat.Gnu, true)]
    public void An_archive_becomes_the_tree_that_was_packed(TarEntryFormat format, bool compress)
    {
        var image = Engine.Images.Import(
            MakeArchive(format, compress, Entry(format, TarEntryType.Directory, "./"), File(format, "./deep/er/file", "content"), Link(format, TarEntryType.HardLink, "other", "/deep/er/file")),
            "packed:1");

        Assert.Equal("packed:1", image.Reference);
        Assert.Equal(7, image.SizeBytes);
        Assert.Equal("content", System.IO.File.ReadAllText(Path.Combine(TreeOf(image), "other")));
        Assert.Equal(2u, FileStatus.Read(Path.Combine(TreeOf(image), "deep/er/file")).Links);
    }

    [Fact]
    public void Equal_content_is_stored_once_whatever_it_is_called()
    {
        var archive = MakeArchive(TarEntryFormat.Pax, false, File(TarEntryFormat.Pax, "file", "content"));
        var packed = Root["same.tar.gz"];
        using (var target = new GZipStream(System.IO.File.Create(packed), CompressionLevel.Fastest))
        using (var source = System.IO.File.OpenRead(archive))
            source.CopyTo(target);

        var one = Engine.Images.Import(archive, "one");
        var two = Engine.Images.Import(packed, "two");
        var tree = MakeTree();
        var directory = Engine.Images.Import(tree, "three");
        var again = new ContainerEngine(Options).Images.Import(tree, "four");

        Assert.Equal(one.Id, two.Id);
        Assert.Equal(directory.Id, again.Id);
        Assert.Equal(2, Directory.GetDirectories(Layers).Length);
        Engine.Images.Remove("one");
        Assert.Equal(2, Directory.GetDirectories(Layers).Length);
        Engine.Images.Remove("two");
        Assert.Single(Directory.GetDirectories(Layers));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("/../outside")]
    public void An_entry_that_leads_upwards_is_refused(string name)
    {
        var error = Fails(ErrorReason.InvalidImage, () => Engine.Images.Import(MakeArchive(TarEntryFormat.Pax, false, File(TarEntryFormat.Pax, name, "x")), "evil"));

        Assert.Contains(name, error.Message, StringComparison.Ordinal);
        AssertNothingImported();
    }

    [Fact]
    public void Links_lead_nowhere_but_into_the_image()
    {
        var outside = Root["outside"];
        Directory.CreateDirectory(outside);
        System.IO.File.WriteAllText(Path.Combine(outside, "secret"), "secret");
        const TarEntryFormat format = TarEntryFormat.Pax;

        // Through an absolute link and through one upwards: both end at the image's own root.
        var image = Engine.Images.Import(
            MakeArchive(
                format, false,
                Entry(format, TarEntryType.Directory, "tmp"), Link(format, TarEntryType.SymbolicLink, "a", "/tmp"), Link(format, TarEntryType.SymbolicLink, "b", "../../../../tmp"),
                File(format, "a/one", "1"), File(format, "b/two", "2")),
            "confined");

        Assert.Equal("1", System.IO.File.ReadAllText(Path.Combine(TreeOf(image), "tmp/one")));
        Assert.Equal("2", System.IO.File.ReadAllText(Path.Combine(TreeOf(image), "tmp/two")));
        Assert.False(System.IO.File.Exists("/tmp/one"));

        // A link straight to the host's directory has nothing to lead to in the image.
        Fails(ErrorReason.InvalidImage, () => Engine.Images.Import(
            MakeArchive(format, false, Link(format, TarEntryType.SymbolicLink, "out", outside), File(format, "out/new", "x")), "evil"));
        Fails(ErrorReason.InvalidImage, () => Engine.Images.Import(
            MakeArchive(format, false, Link(format, TarEntryType.SymbolicLink, "out", outside), Link(format, TarEntryType.HardLink, "stolen", "out/secret")), "evil"));
        Fails(ErrorReason.InvalidImage, () => Engine.Images.Import(
            MakeArchive(format, false, Link(format, TarEntryType.HardLink, "stolen", "/etc/passwd")), "evil"));
        Assert.Equal(["secret"], Directory.GetFiles(outside).Select(Path.GetFileName));
    }

    [Fact]
    public void A_later_entry_does_not_write_through_an_earlier_link()
    {
        const TarEntryFormat format = TarEntryFormat.Pax;
        var image = Engine.Images.Import(
            MakeArchive(format, false, File(format, "kept", "old"), Link(format, TarEntryType.SymbolicLink, "name", "kept"), File(format, "name", "new")), "replaced");

        Assert.Equal("old", System.IO.File.ReadAllText(Path.Combine(TreeOf(image), "kept")));
        Assert.Equal(FileKind.Regular, FileStatus.Read(Path.Combine(TreeOf(image), "name")).Kind);
    }

    [Fact]
    public void What_is_no_root_file_system_is_refused_and_leaves_nothing()
    {
        var garbage = Root["garbage.tar"];
        System.IO.File.WriteAllBytes(garbage, [.. Enumerable.Repeat((byte)'x', 4096)]);
        var cut = Root["cut.tar"];
        System.IO.File.WriteAllBytes(cut, System.IO.File.ReadAllBytes(MakeArchive(TarEntryFormat.Pax, false, File(TarEntryFormat.Pax, "big", new string('x', 100_000))))[..50_000]);
        var empty = Root["empty.tar"];
        System.IO.File.WriteAllBytes(empty, new byte[10240]);
        var xz = Root["tree.tar.xz"];
        System.IO.File.WriteAllBytes(xz, [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, 0, 0]);
        var plain = Root["plain.txt"];
        System.IO.File.WriteAllText(plain, "not an archive");

        foreach (var path in new[] { garbage, cut, empty, xz, plain, Root["missing"] })
        {
            var error = Fails(ErrorReason.InvalidImage, () => Engine.Images.Import(path, "bad"));
            Assert.Contains(path, error.Message, StringComparison.Ordinal);
        }

        AssertNothingImported();
    }

    [Fact]
    public void A_full_disk_is_named_and_nothing_stays_on_it()
    {
        using var disk = new SmallDisk(Root["small"], megabytes: 1);
        var engine = new ContainerEngine(Options with { DataRoot = Path.Combine(disk.Path, "data") });
        var tree = MakeTree();
        System.IO.File.WriteAllBytes(Path.Combine(tree, "big"), [.. Enumerable.Repeat((byte)1, 4 << 20)]);

        var error = Fails(ErrorReason.DiskFull, () => engine.Images.Import(tree, "big"));

        Assert.Equal(Errno.ENOSPC, error.Errno);
        Assert.Contains(disk.Path, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetDirectories(Path.Combine(disk.Path, "data/layers")));
        Assert.Empty(engine.Images.ListReferences("big"));
    }

    [Fact]
    public void A_cancelled_import_leaves_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.Throws<OperationCanceledException>(() => Engine.Images.Import(MakeTree(), "never", cancellationToken: cancelled.Token));

        AssertNothingImported();
    }

    [Fact]
    public void What_a_killed_import_left_is_swept_by_the_next()
    {
        // PID 1 started at tick 1 of no boot that this test runs in.
        var abandoned = Path.Combine(Layers, ".import-1-18446744073709551615-1");
        Directory.CreateDirectory(Path.Combine(abandoned, "diff"));

        Engine.Images.Import(MakeTree(), "next");

        Assert.False(Directory.Exists(abandoned));
    }

    [Fact]
    public void A_directory_that_holds_the_data_root_is_refused()
    {
        Directory.CreateDirectory(Root.DataRoot);
        var error = Fails(ErrorReason.InvalidImage, () => Engine.Images.Import(Root.Directory, "self"));
        Assert.Contains(Root.DataRoot, error.Message, StringComparison.Ordinal);
    }

    private void AssertNothingImported()
    {
        Assert.Empty(Directory.Exists(Layers) ? Directory.GetFileSystemEntries(Layers) : []);
        Assert.Equal(["target:latest"], Engine.Images.ListReferences(""));
    }

    private string TreeOf(Image image) => Engine.Images.GetLowerDirs(image)[0];

    private string MakeArchive(TarEntryFormat format, bool compress, params TarEntry[] entries)
    {
        var path = Root[Guid.NewGuid().ToString("N") + (compress ? ".tgz" : ".tar")];
        using Stream file = compress ? new GZipStream(System.IO.File.Create(path), CompressionLevel.Fastest) : System.IO.File.Create(path);
        using var writer = new TarWriter(file, format);
        foreach (var entry in entries)
            writer.WriteEntry(entry);
        return path;
    }

    private static TarEntry Entry(TarEntryFormat format, TarEntryType type, string name)
    {
        TarEntry entry = format switch
        {
            TarEntryFormat.Ustar => new UstarTarEntry(type, name),
            TarEntryFormat.Gnu => new GnuTarEntry(type, name),
            _ => new PaxTarEntry(type, name),
        };
        entry.Mode = (UnixFileMode)0x1ED;
        return entry;
    }

    private static TarEntry File(TarEntryFormat format, string name, string content)
    {
        var entry = Entry(format, TarEntryType.RegularFile, name);
        entry.DataStream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(content));
        return entry;
    }

    private static TarEntry Link(TarEntryFormat format, TarEntryType type, string name, string target)
    {
        var entry = Entry(format, type, name);
        entry.LinkName = target;
        return entry;
    }
}
