using ContainerChaos.Linux;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>The tar format, against tar(1) too.</summary>
public sealed class TarTests : EngineTest
{
    [Fact]
    public void What_is_written_is_read_back_whole()
    {
        var header = new TarHeader
        {
            Name = string.Join('/', Enumerable.Repeat("Főtanúsítvány", 30)),
            Type = '2',
            LinkName = new string('l', 300),
            Mode = 0xFFF,
            UserId = 4_000_000_000,
            GroupId = 3_000_000,
            ModifiedSeconds = -5,
            ModifiedNanoseconds = 250_000_000,
            ExtendedAttributes = [KeyValuePair.Create("security.capability", new byte[] { 1, 0, 0, 2, 0xFF, (byte)'\n', (byte)'=', 0 })],
        };

        var read = new TarArchiveReader(new MemoryStream([.. TarHeaderWriter.Make(header), .. TarHeaderWriter.End])).Next()!;

        Assert.Equal(header with { ExtendedAttributes = read.ExtendedAttributes }, read);
        Assert.Equal("security.capability", read.ExtendedAttributes.Single().Key);
        Assert.Equal(header.ExtendedAttributes[0].Value, read.ExtendedAttributes.Single().Value);
    }

    [Theory]
    [InlineData(0x2_0000_0000)]
    [InlineData(1_000_000_000_000)]
    public void A_size_beyond_the_field_stands_in_the_extended_header(long size)
    {
        var bytes = TarHeaderWriter.Make(new TarHeader { Name = "big", Type = '0', Size = size });
        Assert.Equal(size, new TarArchiveReader(new MemoryStream(bytes)).Next()!.Size);
    }

    [ToolFact("tar")]
    public void File_capabilities_and_binary_attributes_survive_tar_and_the_store()
    {
        var tree = MakeTree();
        // vfs_ns_cap_data is 24 bytes, vfs_cap_data of revision 2 is 20 (linux/capability.h): cap_net_raw, permitted and effective.
        byte[] capability = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        using (var directory = UnixDirectory.Open(tree))
        {
            directory.SetExtendedAttribute("hello", "security.capability", capability);
            directory.SetExtendedAttribute("hello", "user.binary", [0xFF, 0xFE, 0, 10]);
        }

        using (var tar = System.Diagnostics.Process.Start("tar", ["--xattrs", "--xattrs-include=*", "-C", tree, "-cf", Root["tree.tar"], "."]))
            tar.WaitForExit();
        var copy = Engine.Images.GetLowerDirs(Engine.Images.Import(Root["tree.tar"], "copy"))[0];

        var attributes = ExtendedAttributes.Read(Path.Combine(copy, "hello")).ToDictionary();
        Assert.Equal(capability, attributes["security.capability"]);
        Assert.Equal([0xFF, 0xFE, 0, 10], attributes["user.binary"]);
    }

    [ToolFact("tar")]
    public void Tar_reads_the_archive_of_a_directory()
    {
        var image = Engine.Images.Import(MakeTree(), "tree");
        using (var file = File.Create(Root["tree.tar"]))
            new LayerStore(Options).WriteArchive(image.Layers[0]["sha256:".Length..], file, CancellationToken.None);

        using var tar = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("tar", ["-tf", Root["tree.tar"]]) { RedirectStandardOutput = true })!;

        Assert.Equal(["./", "etc/", "etc/group", "etc/passwd", "hello"], tar.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(image.Layers[0], ContentDigest.Of(File.ReadAllBytes(Root["tree.tar"])));
    }

    [Fact]
    public void Zstd_that_ends_early_or_is_damaged_is_an_error()
    {
        var packed = ArchiveBuilder.Compress(ArchiveBuilder.Layer(("a", new string('x', 100_000))), "zstd");
        File.WriteAllBytes(Root["cut.tar.zst"], packed[..(packed.Length / 2)]);
        packed[packed.Length / 2] ^= 0xFF;
        File.WriteAllBytes(Root["bad.tar.zst"], packed);

        Fails(Runtime.ErrorReason.InvalidImage, () => Engine.Images.Import(Root["cut.tar.zst"], "cut"));
        Fails(Runtime.ErrorReason.InvalidImage, () => Engine.Images.Import(Root["bad.tar.zst"], "bad"));
    }

    /// <summary>The chunked form that podman pushes: frames of their own, and what is skipped between them (RFC 8878, 3.1.2).</summary>
    [Fact]
    public void Zstd_of_many_frames_and_skipped_ones_is_one_stream()
    {
        var layer = ArchiveBuilder.Layer(("a", new string('x', 300_000)), ("b", "b"));
        var skipped = new byte[] { 0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3 };
        byte[] packed = [.. skipped, .. ArchiveBuilder.Compress(layer[..1000], "zstd"), .. skipped, .. ArchiveBuilder.Compress(layer[1000..], "zstd"), .. skipped];
        using var stream = CompressedStream.Open(new MemoryStream(packed), "frames");
        var back = new MemoryStream();
        stream.CopyTo(back);
        Assert.Equal(layer, back.ToArray());
    }

    [ToolFact("zstd")]
    public void Zstd_of_the_tool_at_its_strongest_is_read()
    {
        var layer = ArchiveBuilder.Layer(("a", string.Concat(Enumerable.Range(0, 200_000))), ("b", "b"));
        File.WriteAllBytes(Root["strong.tar"], layer);
        using (var zstd = System.Diagnostics.Process.Start("zstd", ["-q", "--ultra", "-22", "--long=27", Root["strong.tar"]]))
            zstd.WaitForExit();
        var image = Engine.Images.Import(Root["strong.tar.zst"], "strong");
        Assert.Equal(ContentDigest.Of(layer), Assert.Single(image.Layers));
    }
}
