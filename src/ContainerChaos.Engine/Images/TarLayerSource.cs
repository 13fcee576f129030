using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>A root file system archive: ustar, pax or GNU tar, plain or gzipped.</summary>
/// <remarks>Its digest is that of the uncompressed archive, the DiffID of the OCI image-spec (config.md, "Layer DiffID").</remarks>
internal sealed class TarLayerSource : LayerSource
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly HashingStream _stream;
    private string? _digest;

    public TarLayerSource(string path)
    {
        var file = File.OpenRead(path);
        Span<byte> magic = stackalloc byte[6];
        var length = file.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false);
        file.Position = 0;
        var compression = magic[..length] switch
        {
            [0x1f, 0x8b, ..] => "gzip",
            [0xfd, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', ..] => "xz",
            [0x28, 0xb5, 0x2f, 0xfd, ..] => "zstd",
            [(byte)'B', (byte)'Z', (byte)'h', ..] => "bzip2",
            _ => null,
        };
        if (compression is not (null or "gzip"))
        {
            file.Dispose();
            EngineErrors.Throw(
                ErrorReason.InvalidImage, $"Cannot import '{path}': it is compressed with {compression}.", path,
                $"Decompress it first ({compression} -d), or give a .tar or .tar.gz.");
        }

        _stream = new HashingStream(compression is null ? file : new GZipStream(file, CompressionMode.Decompress), _hash);
    }

    public override string Digest => _digest ?? throw new InvalidOperationException("The archive was not read to its end.");

    public override IEnumerable<LayerEntry> Read(CancellationToken cancellationToken)
    {
        using var reader = new TarReader(_stream, leaveOpen: true);
        while (Next(reader) is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.EntryType is not TarEntryType.GlobalExtendedAttributes)
                yield return Convert(entry);
        }

        // The padding after the end-of-archive marker belongs to the digest too.
        Guard(() => _stream.CopyTo(Stream.Null));
        _digest = System.Convert.ToHexStringLower(_hash.GetHashAndReset());
    }

    public override void Dispose()
    {
        _stream.Dispose();
        _hash.Dispose();
    }

    /// <summary>A path as tar(1) and Docker take it: relative to the root, whether it begins with a slash or not; never upwards.</summary>
    internal static string? TryNormalizePath(string path)
    {
        if (path.Contains('\0'))
            return null;
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        return Array.IndexOf(parts, "..") >= 0 ? null : string.Join('/', parts);
    }

    private TarEntry? Next(TarReader reader)
    {
        TarEntry? entry = null;
        Guard(() => entry = reader.GetNextEntry());
        return entry;
    }

    private LayerEntry Convert(TarEntry entry)
    {
        var kind = entry.EntryType switch
        {
            TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile or TarEntryType.HardLink => FileKind.Regular,
            TarEntryType.Directory => FileKind.Directory,
            TarEntryType.SymbolicLink => FileKind.SymbolicLink,
            TarEntryType.CharacterDevice => FileKind.CharacterDevice,
            TarEntryType.BlockDevice => FileKind.BlockDevice,
            TarEntryType.Fifo => FileKind.Fifo,
            _ => throw Invalid(
                $"the entry '{entry.Name}' is of the type {entry.EntryType}, which a root file system does not have",
                "Make the archive with 'tar -c' and without --sparse, --multi-volume or --incremental."),
        };
        var pax = (entry as PaxTarEntry)?.ExtendedAttributes;
        if (pax is not null && pax.Keys.Any(key => key.StartsWith("GNU.sparse.", StringComparison.Ordinal)))
            throw Invalid($"the entry '{entry.Name}' is a sparse file", "Make the archive without --sparse.");
        var (seconds, ticks) = Math.DivRem(entry.ModificationTime.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks, TimeSpan.TicksPerSecond);
        return new LayerEntry
        {
            Path = Inside(entry.Name, entry.Name),
            Kind = kind,
            Mode = (uint)entry.Mode & 0xFFF,
            UserId = (uint)entry.Uid,
            GroupId = (uint)entry.Gid,
            ModifiedSeconds = ticks < 0 ? seconds - 1 : seconds,
            ModifiedNanoseconds = (uint)((ticks < 0 ? ticks + TimeSpan.TicksPerSecond : ticks) * 100),
            HardLink = entry.EntryType == TarEntryType.HardLink ? Inside(entry.LinkName, entry.Name) : null,
            SymbolicLink = kind == FileKind.SymbolicLink ? entry.LinkName : null,
            DeviceMajor = entry is PosixTarEntry posix ? (uint)posix.DeviceMajor : 0,
            DeviceMinor = entry is PosixTarEntry same ? (uint)same.DeviceMinor : 0,
            ExtendedAttributes = pax is null ? [] : ReadAttributes(entry.Name, pax),
            Content = entry.DataStream,
        };
    }

    private string Inside(string path, string entry) =>
        TryNormalizePath(path) ?? throw Invalid(
            path == entry ? $"the entry '{entry}' leads out of the image" : $"the entry '{entry}' links to '{path}', which leads out of the image",
            "Do not import archives from a source you do not trust.");

    // libarchive's and star's form: the value's raw bytes under SCHILY.xattr.NAME. The reader has decoded them as UTF-8.
    private List<KeyValuePair<string, byte[]>> ReadAttributes(string entry, IReadOnlyDictionary<string, string> pax)
    {
        const string prefix = "SCHILY.xattr.";
        var attributes = new List<KeyValuePair<string, byte[]>>();
        foreach (var (key, value) in pax)
        {
            if (!key.StartsWith(prefix, StringComparison.Ordinal) || !IsKept(key[prefix.Length..]))
                continue;
            if (value.Contains('\uFFFD'))
            {
                throw Invalid(
                    $"the extended attribute '{key[prefix.Length..]}' of '{entry}' has a binary value that can't be read from an archive",
                    "Unpack the archive with 'tar --xattrs -x' and import the directory.");
            }

            attributes.Add(new(key[prefix.Length..], Encoding.UTF8.GetBytes(value)));
        }

        return attributes;
    }

    private void Guard(Action read)
    {
        try
        {
            read();
        }
        // FormatException, ArgumentException: what TarReader makes of fields that are garbage.
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or FormatException or ArgumentException)
        {
            throw Invalid($"it is no tar archive, or it is damaged ({e.Message.TrimEnd('.')})", "Check it with 'tar -tf'.", e);
        }
    }
}
