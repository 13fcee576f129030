using System.Globalization;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>Makes the headers of a pax archive, always the same bytes for the same entry: ustar where that is enough, extended records where not.</summary>
internal static class TarHeaderWriter
{
    // What eleven octal digits hold, and seven.
    private const long MaximumLong = 0x1_FFFF_FFFF;
    private const long MaximumShort = 0x1F_FFFF;

    /// <summary>What ends an archive.</summary>
    public static ReadOnlySpan<byte> End => new byte[2 * TarBlock.Size];

    /// <summary>The header blocks of an entry of a layer.</summary>
    public static byte[] Make(LayerEntry entry, long size) => Make(new TarHeader
    {
        Name = entry.Path.Length == 0 ? "./" : entry.Kind == FileKind.Directory ? entry.Path + "/" : entry.Path,
        Type = entry.HardLink is not null ? '1' : entry.Kind switch
        {
            FileKind.SymbolicLink => '2',
            FileKind.CharacterDevice => '3',
            FileKind.BlockDevice => '4',
            FileKind.Directory => '5',
            FileKind.Fifo => '6',
            _ => '0',
        },
        Mode = entry.Mode,
        UserId = entry.UserId,
        GroupId = entry.GroupId,
        Size = size,
        ModifiedSeconds = entry.ModifiedSeconds,
        ModifiedNanoseconds = entry.ModifiedNanoseconds,
        LinkName = entry.HardLink ?? entry.SymbolicLink ?? "",
        DeviceMajor = entry.DeviceMajor,
        DeviceMinor = entry.DeviceMinor,
        ExtendedAttributes = entry.ExtendedAttributes,
    });

    /// <summary>The header blocks of an entry.</summary>
    public static byte[] Make(TarHeader header)
    {
        var pax = new PaxRecords();
        if (!Fits(header.Name))
            pax.Set("path", header.Name);
        if (!Fits(header.LinkName))
            pax.Set("linkpath", header.LinkName);
        if (header.Size > MaximumLong)
            pax.Set("size", header.Size.ToString(CultureInfo.InvariantCulture));
        if (header.UserId is < 0 or > MaximumShort)
            pax.Set("uid", header.UserId.ToString(CultureInfo.InvariantCulture));
        if (header.GroupId is < 0 or > MaximumShort)
            pax.Set("gid", header.GroupId.ToString(CultureInfo.InvariantCulture));
        if (header.ModifiedNanoseconds != 0 || header.ModifiedSeconds is < 0 or > MaximumLong)
            pax.Set("mtime", Time(header.ModifiedSeconds, header.ModifiedNanoseconds));
        foreach (var (name, value) in header.ExtendedAttributes)
            pax.SetAttribute(name, value);
        if (pax.IsEmpty)
            return Block(header);
        var records = pax.ToBytes();
        var bytes = new byte[TarBlock.Size + records.Length + TarBlock.Padding(records.Length) + TarBlock.Size];
        Block(new TarHeader { Name = "PaxHeaders.0/entry", Type = 'x', Mode = 0x1A4, Size = records.Length }).CopyTo(bytes, 0);
        records.CopyTo(bytes, TarBlock.Size);
        Block(header).CopyTo(bytes, bytes.Length - TarBlock.Size);
        return bytes;
    }

    private static bool Fits(string text) => text.Length <= 100 && Ascii.IsValid(text);

    private static string Time(long seconds, uint nanoseconds)
    {
        if (nanoseconds == 0)
            return seconds.ToString(CultureInfo.InvariantCulture);
        var (sign, whole, fraction) = seconds < 0 ? ("-", -(seconds + 1), 1_000_000_000 - nanoseconds) : ("", seconds, nanoseconds);
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{whole}.{fraction:D9}").TrimEnd('0');
    }

    private static byte[] Block(TarHeader header)
    {
        var block = new byte[TarBlock.Size];
        Text(block.AsSpan(0, 100), header.Name);
        Number(block.AsSpan(100, 8), header.Mode);
        Number(block.AsSpan(108, 8), header.UserId is >= 0 and <= MaximumShort ? header.UserId : 0);
        Number(block.AsSpan(116, 8), header.GroupId is >= 0 and <= MaximumShort ? header.GroupId : 0);
        Number(block.AsSpan(124, 12), header.Size <= MaximumLong ? header.Size : 0);
        Number(block.AsSpan(136, 12), header.ModifiedSeconds is >= 0 and <= MaximumLong ? header.ModifiedSeconds : 0);
        block[156] = (byte)header.Type;
        Text(block.AsSpan(157, 100), header.LinkName);
        "ustar\0"u8.CopyTo(block.AsSpan(257));
        "00"u8.CopyTo(block.AsSpan(263));
        Number(block.AsSpan(329, 8), header.DeviceMajor);
        Number(block.AsSpan(337, 8), header.DeviceMinor);
        block.AsSpan(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var value in block)
            sum += value;
        Number(block.AsSpan(148, 7), sum);
        return block;
    }

    // What does not fit stands whole in the extended header; here a beginning of it is for old programs to show.
    private static void Text(Span<byte> field, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, field.Length)).CopyTo(field);
    }

    private static void Number(Span<byte> field, long value)
    {
        for (var i = field.Length - 2; i >= 0; i--, value >>= 3)
            field[i] = (byte)('0' + (value & 7));
    }
}
