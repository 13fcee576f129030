namespace ContainerChaos.Engine;

/// <summary>Reads a tar archive from front to back: ustar, pax, GNU and what came before them.</summary>
/// <remarks>
/// .NET's own reader takes the values of extended attributes for text, which those of file capabilities are not, and says nothing
/// of the bytes between the contents, which a layer needs to become the same archive again.
/// </remarks>
/// <param name="stream">The archive; it stays the caller's.</param>
/// <param name="literal">Takes every byte that is not content read by the caller, in order; null when nobody needs them.</param>
internal sealed class TarArchiveReader(Stream stream, TarArchiveReader.LiteralHandler? literal = null)
{
    // Names and attributes; a file system's own limits are far below.
    private const int MaximumExtension = 1 << 20;

    private readonly byte[] _block = new byte[TarBlock.Size];
    private PaxRecords _global = new();
    private long _left;
    private int _padding;

    public delegate void LiteralHandler(ReadOnlySpan<byte> bytes);

    /// <summary>Where the current entry's content begins, counted in bytes from the start of the archive.</summary>
    public long ContentOffset { get; private set; }

    private long Position { get; set; }

    /// <summary>The next entry, after what is left of the current one; null at the end of the archive.</summary>
    /// <exception cref="InvalidDataException">It is no tar archive, or a damaged one.</exception>
    /// <exception cref="EndOfStreamException">It ends in the middle of something.</exception>
    public TarHeader? Next()
    {
        Skip();
        PaxRecords? own = null;
        string? longName = null, longLink = null;
        while (ReadBlock())
        {
            if (!_block.AsSpan().ContainsAnyExcept((byte)0))
                return null;
            if (!TarBlock.HasValidChecksum(_block))
                throw new InvalidDataException("a header's checksum is wrong");
            var type = (char)_block[156];
            var size = TarBlock.Number(_block.AsSpan(124, 12));
            switch (type)
            {
                case 'x' or 'X':
                    own = PaxRecords.Parse(ReadExtension(size));
                    continue;
                case 'g':
                    _global = PaxRecords.Parse(ReadExtension(size));
                    continue;
                case 'L':
                    longName = TarBlock.Text(ReadExtension(size));
                    continue;
                case 'K':
                    longLink = TarBlock.Text(ReadExtension(size));
                    continue;
                default:
                    var header = Parse(type, size, own ?? new PaxRecords(), longName, longLink);
                    (_left, _padding) = (header.Size, TarBlock.Padding(header.Size));
                    ContentOffset = Position;
                    return header;
            }
        }

        return null;
    }

    /// <summary>Reads of the current entry's content; 0 at its end.</summary>
    public int ReadContent(Span<byte> buffer)
    {
        if (_left == 0 || buffer.IsEmpty)
            return 0;
        var count = stream.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        if (count == 0)
            throw new EndOfStreamException("the archive ends in the middle of a file");
        _left -= count;
        Position += count;
        return count;
    }

    /// <summary>Reads what follows the end of the archive: more zeros, usually.</summary>
    public void Drain()
    {
        Span<byte> buffer = stackalloc byte[4096];
        while (stream.Read(buffer) is > 0 and var count)
            literal?.Invoke(buffer[..count]);
    }

    private TarHeader Parse(char type, long size, PaxRecords own, string? longName, string? longLink)
    {
        ReadOnlySpan<byte> block = _block;
        var name = TarBlock.Text(block[..100]);
        // POSIX says "ustar\0"; GNU's "ustar  " has other fields where the prefix would be.
        if (block[257..263].SequenceEqual("ustar\0"u8) && TarBlock.Text(block[345..500]) is { Length: > 0 } prefix)
            name = prefix + "/" + name;
        name = own.Text("path") ?? longName ?? _global.Text("path") ?? name;
        if (type == '\0')
            type = name.EndsWith('/') ? '5' : '0';
        else if (type == '7')
            type = '0';
        var time = own.Time("mtime") ?? _global.Time("mtime") ?? (TarBlock.Number(block[136..148]), 0u);
        size = own.Number("size") ?? size;
        if (size < 0)
            throw new InvalidDataException("a file has a negative size");
        var isDevice = type is '3' or '4';
        return new TarHeader
        {
            Name = name,
            Type = type,
            Mode = (uint)TarBlock.Number(block[100..108]) & 0xFFF,
            UserId = own.Number("uid") ?? _global.Number("uid") ?? TarBlock.Number(block[108..116]),
            GroupId = own.Number("gid") ?? _global.Number("gid") ?? TarBlock.Number(block[116..124]),
            // Links, devices and directories have none, whatever the field says.
            Size = type is >= '1' and <= '6' ? 0 : size,
            ModifiedSeconds = time.Item1,
            ModifiedNanoseconds = time.Item2,
            LinkName = own.Text("linkpath") ?? longLink ?? TarBlock.Text(block[157..257]),
            DeviceMajor = isDevice ? (uint)TarBlock.Number(block[329..337]) : 0,
            DeviceMinor = isDevice ? (uint)TarBlock.Number(block[337..345]) : 0,
            IsSparse = own.IsSparse || type == 'S',
            ExtendedAttributes = own.ExtendedAttributes,
        };
    }

    private byte[] ReadExtension(long size)
    {
        if (size is < 0 or > MaximumExtension)
            throw new InvalidDataException($"an extended header of {size} bytes");
        var data = new byte[size + TarBlock.Padding(size)];
        ReadExactly(data);
        return data[..(int)size];
    }

    private void Skip()
    {
        var skipped = _left + _padding;
        (_left, _padding) = (0, 0);
        if (skipped > 0 && literal is null && stream.CanSeek)
        {
            if (stream.Position + skipped > stream.Length)
                throw new EndOfStreamException("the archive ends in the middle of a file");
            stream.Position += skipped;
            Position += skipped;
            return;
        }

        Span<byte> buffer = stackalloc byte[4096];
        while (skipped > 0)
        {
            var part = buffer[..(int)Math.Min(buffer.Length, skipped)];
            ReadExactly(part);
            skipped -= part.Length;
        }
    }

    private bool ReadBlock()
    {
        var count = stream.ReadAtLeast(_block, TarBlock.Size, throwOnEndOfStream: false);
        if (count == 0)
            return false;
        if (count < TarBlock.Size)
            throw new EndOfStreamException("the archive ends in the middle of a header");
        Position += count;
        literal?.Invoke(_block);
        return true;
    }

    private void ReadExactly(Span<byte> buffer)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length)
            throw new EndOfStreamException("the archive ends in the middle of a file");
        Position += buffer.Length;
        literal?.Invoke(buffer);
    }
}
