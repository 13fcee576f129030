using System.Diagnostics;
using System.Formats.Tar;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using Xunit;
using Xunit.Abstractions;

namespace ContainerChaos.Engine.Tests;

/// <summary>
/// A hostile archive becomes an image or an error, never a crash and never a file outside. What once was more than that is in the
/// corpus; the time given is some seconds, with CONTAINERCHAOS_LONG=1 ten minutes.
/// </summary>
public sealed class LayerFuzzTests(ITestOutputHelper output) : EngineTest
{
    private static readonly string s_corpus = Path.Combine(AppContext.BaseDirectory, "Images", "Corpus");

    private static readonly string[] s_names =
    [
        "a", "a/b", "a/b/c", "/a", "./a", "..", "../a", "a/../../b", "a/..", "/", ".", "", "//a//b/", "link", "link/a", "link/../a", "up", "up/evil", "dev", "dev/null",
        ".wh.a", "a/.wh..wh..opq", ".wh..", ".wh.", "a/.wh...", new('n', 255), new('n', 256), string.Join('/', Enumerable.Repeat("d", 300)), "é\u0000b", "\n", "etc/passwd",
    ];

    private static readonly string[] s_targets = ["a", "a/b", "..", "../../../../../../../../tmp", "/", "/tmp", "/etc/passwd", "/proc/self/root", "link", "up", ".", "", "missing", new('t', 5000)];

    public static TheoryData<string> Files => [.. Directory.EnumerateFiles(s_corpus).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_archive_of_the_corpus_is_an_image_or_an_error(string file) => Survive(Path.Combine(s_corpus, file));

    [Fact]
    public void A_made_archive_is_an_image_or_an_error()
    {
        var isLong = Environment.GetEnvironmentVariable("CONTAINERCHAOS_LONG") == "1";
        var seed = isLong ? Environment.TickCount : 1;
        var limit = isLong ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(20);
        var watch = Stopwatch.StartNew();
        int count = 0, images = 0;
        var archive = Root["fuzz.tar"];
        for (; watch.Elapsed < limit; count++)
        {
            var random = new Random(unchecked((seed * 1_000_003) + count));
            Make(archive, random);
            try
            {
                images += Survive(archive) ? 1 : 0;
            }
            catch (Exception e)
            {
                var kept = Path.Combine(Path.GetTempPath(), $"layer-{seed}-{count}.tar");
                File.Copy(archive, kept, overwrite: true);
                throw new InvalidOperationException($"Seed {seed}, archive {count}, kept as {kept}: it belongs into the corpus.", e);
            }
        }
        output.WriteLine($"{count} archives, {images} of which are images.");
        Assert.True(images > count / 50, "The archives are too wild to get far.");
    }

    [Fact]
    public void Ten_thousand_links_that_lead_to_one_another_are_an_image_or_an_error()
    {
        var archive = Root["links.tar"];
        using (var stream = File.Create(archive))
        using (var writer = new TarWriter(stream, TarEntryFormat.Pax))
        {
            for (var i = 0; i < 10_000; i++)
                writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, $"l{i}") { LinkName = $"l{(i + 1) % 10_000}" });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "l0/evil") { DataStream = new MemoryStream([1]) });
        }
        Survive(archive);
    }

    [Fact]
    public void A_file_that_claims_to_be_huge_takes_no_room_and_ends()
    {
        // A header that promises 8 GB, and an archive that ends behind it.
        var archive = Root["huge.tar"];
        using (var stream = File.Create(archive))
        using (var writer = new TarWriter(stream, TarEntryFormat.Ustar, leaveOpen: true))
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "huge") { DataStream = new MemoryStream(new byte[1]) });
        var bytes = File.ReadAllBytes(archive);
        System.Text.Encoding.ASCII.GetBytes("77777777777\0").CopyTo(bytes, 124);
        var sum = 0;
        for (var i = 0; i < 512; i++)
            sum += i is >= 148 and < 156 ? ' ' : bytes[i];
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(bytes, 148);
        File.WriteAllBytes(archive, bytes);
        Survive(archive);
    }

    private static void Make(string path, Random random)
    {
        using (var stream = File.Create(path))
        {
            var format = random.Next(3) switch { 0 => TarEntryFormat.Ustar, 1 => TarEntryFormat.Gnu, _ => TarEntryFormat.Pax };
            using var writer = new TarWriter(stream, format, leaveOpen: true);
            for (var i = 1 + random.Next(8); i > 0; i--)
            {
                try
                {
                    writer.WriteEntry(Entry(format, random));
                }
                catch (Exception e) when (e is ArgumentException or InvalidOperationException or FormatException)
                {
                    // What the writer itself does not write; the garbling below makes up for it.
                }
            }
        }
        if (random.Next(3) > 0)
            return;
        var bytes = File.ReadAllBytes(path);
        for (var i = 1 + random.Next(12); i > 0 && bytes.Length > 0; i--)
        {
            var at = random.Next(bytes.Length);
            bytes[at] = random.Next(4) switch { 0 => (byte)'/', 1 => (byte)'.', 2 => 0, _ => (byte)random.Next(256) };
            if (random.Next(2) == 0)
                FixChecksum(bytes, at / 512 * 512);
        }
        File.WriteAllBytes(path, bytes[..(random.Next(4) == 0 ? random.Next(bytes.Length + 1) : bytes.Length)]);
    }

    private static TarEntry Entry(TarEntryFormat format, Random random)
    {
        TarEntryType[] types = [TarEntryType.RegularFile, TarEntryType.Directory, TarEntryType.SymbolicLink, TarEntryType.HardLink, TarEntryType.CharacterDevice, TarEntryType.BlockDevice, TarEntryType.Fifo];
        var (type, name) = (types[random.Next(types.Length)], s_names[random.Next(s_names.Length)]);
        TarEntry entry = format switch
        {
            TarEntryFormat.Ustar => new UstarTarEntry(type, name),
            TarEntryFormat.Gnu => new GnuTarEntry(type, name),
            _ => new PaxTarEntry(type, name, random.Next(3) > 0 ? [] : new Dictionary<string, string> { ["SCHILY.xattr." + s_targets[random.Next(4)]] = "x", ["path"] = s_names[random.Next(s_names.Length)] }),
        };
        if (type is TarEntryType.SymbolicLink or TarEntryType.HardLink)
            entry.LinkName = s_targets[random.Next(s_targets.Length)];
        if (type == TarEntryType.RegularFile)
            entry.DataStream = new MemoryStream(new byte[random.Next(3) * 700]);
        entry.Mode = (UnixFileMode)random.Next(0x1000);
        entry.Uid = random.Next(4) == 0 ? int.MaxValue / 4096 : 0;
        return entry;
    }

    private static void FixChecksum(byte[] bytes, int header)
    {
        if (header + 512 > bytes.Length)
            return;
        var sum = 0;
        for (var i = 0; i < 512; i++)
            sum += i is >= 148 and < 156 ? ' ' : bytes[header + i];
        System.Text.Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(bytes, header + 148);
    }

    private bool Survive(string archive)
    {
        // What is watched: everything around the layers, and the places that the archives try for.
        var outside = Snapshot();
        try
        {
            Engine.Images.Import(archive, "fuzz:1");
            return true;
        }
        catch (ContainerException e)
        {
            Assert.NotEmpty(e.Message);
            return false;
        }
        finally
        {
            Assert.Equal(outside, Snapshot());
            foreach (var image in Engine.Images.List())
                Engine.Images.Remove(image.Id);
        }
    }

    private string Snapshot()
    {
        var entries = Directory.GetFileSystemEntries(Root.Directory).Concat(Directory.Exists(Root.DataRoot) ? Directory.GetFileSystemEntries(Root.DataRoot) : [])
            .Where(path => Path.GetFileName(path) is not ("fuzz.tar" or "data" or "run" or "images" or "layers" or "containers" or "names" or "events"));
        return string.Join('\n', entries.Order()) + new FileInfo("/etc/passwd").LastWriteTimeUtc + FileStatus.Read("/etc/passwd").Mode + FileStatus.Read("/").Mode
            + File.Exists("/tmp/evil") + File.Exists("/evil") + File.Exists("/tmp/a") + Directory.GetFileSystemEntries("/").Length;
    }
}
