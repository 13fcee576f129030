using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>The archive of a layer or of a root file system: ustar, pax or GNU tar, plain or compressed with gzip or zstd.</summary>
internal sealed class TarLayerSource : LayerSource
{
    private readonly Stream _stream;

    /// <param name="archive">The archive, which can be rewound; it is disposed with this source.</param>
    /// <param name="path">What error messages call it.</param>
    public TarLayerSource(Stream archive, string path) => _stream = CompressedStream.Open(archive, path);

    public override void Dispose()
    {
        _stream.Dispose();
        base.Dispose();
    }

    /// <summary>A path as tar(1) and Docker take it: relative to the root, whether it begins with a slash or not; never upwards.</summary>
    internal static string? TryNormalizePath(string path)
    {
        if (path.Contains('\0'))
            return null;
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        return Array.IndexOf(parts, "..") >= 0 ? null : string.Join('/', parts);
    }

    protected override IEnumerable<LayerEntry> Read(LayerRecorder recorder, CancellationToken cancellationToken)
    {
        var reader = new TarArchiveReader(_stream, recorder.Literal);
        while (Guard(reader.Next) is { } header)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var entry = Convert(header);
            yield return header.Size == 0 ? entry : entry with { Content = new RecordedStream(recorder, entry.Path, buffer => GuardRead(reader, buffer)) };
        }

        // The padding after the end-of-archive marker belongs to the digest too.
        Guard<object>(() =>
        {
            reader.Drain();
            return null;
        });
    }

    private LayerEntry Convert(TarHeader header)
    {
        var kind = header.Type switch
        {
            '0' or '1' => FileKind.Regular,
            '2' => FileKind.SymbolicLink,
            '3' => FileKind.CharacterDevice,
            '4' => FileKind.BlockDevice,
            '5' => FileKind.Directory,
            '6' => FileKind.Fifo,
            _ => throw Invalid(
                $"the entry '{header.Name}' is of the type '{header.Type}', which a root file system does not have",
                "Make the archive with 'tar -c' and without --sparse, --multi-volume or --incremental."),
        };
        if (header.IsSparse)
            throw Invalid($"the entry '{header.Name}' is a sparse file", "Make the archive without --sparse.");
        if (header.UserId is < 0 or > uint.MaxValue || header.GroupId is < 0 or > uint.MaxValue)
            throw Invalid($"the entry '{header.Name}' belongs to {header.UserId}:{header.GroupId}, which are no ids", "Make the archive again, with --numeric-owner.");
        return new LayerEntry
        {
            Path = Inside(header.Name, header.Name),
            Kind = kind,
            Mode = header.Mode,
            UserId = (uint)header.UserId,
            GroupId = (uint)header.GroupId,
            ModifiedSeconds = header.ModifiedSeconds,
            ModifiedNanoseconds = header.ModifiedNanoseconds,
            HardLink = header.Type == '1' ? Inside(header.LinkName, header.Name) : null,
            SymbolicLink = kind == FileKind.SymbolicLink ? header.LinkName : null,
            DeviceMajor = header.DeviceMajor,
            DeviceMinor = header.DeviceMinor,
            ExtendedAttributes = [.. header.ExtendedAttributes.Where(attribute => IsKept(attribute.Key))],
        };
    }

    private string Inside(string path, string entry) =>
        TryNormalizePath(path) ?? throw Invalid(
            path == entry ? $"the entry '{entry}' leads out of the image" : $"the entry '{entry}' links to '{path}', which leads out of the image",
            "Do not import archives from a source you do not trust.");

    private int GuardRead(TarArchiveReader reader, Span<byte> buffer)
    {
        try
        {
            return reader.ReadContent(buffer);
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Damaged(e);
        }
    }

    private T? Guard<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw Damaged(e);
        }
    }

    private static bool IsDamage(Exception e) => e is InvalidDataException or EndOfStreamException;

    private Exception Damaged(Exception e) => Invalid($"it is no tar archive, or it is damaged ({e.Message.TrimEnd('.')})", "Check it with 'tar -tf'.", e);
}
