using System.Buffers.Binary;
using System.Text;

namespace ContainerChaos.Engine;

/// <summary>The fields of a 512-byte header block (pax(5), "ustar Interchange Format"; GNU tar's manual, "Basic Tar Format").</summary>
internal static class TarBlock
{
    public const int Size = 512;

    /// <summary>Whether the block's sum is right; old programs added up signed bytes.</summary>
    public static bool HasValidChecksum(ReadOnlySpan<byte> block)
    {
        if (!TryNumber(block[148..156], out var expected))
            return false;
        int unsigned = 0, signed = 0;
        for (var i = 0; i < Size; i++)
        {
            var value = i is >= 148 and < 156 ? (byte)' ' : block[i];
            unsigned += value;
            signed += (sbyte)value;
        }

        return expected == unsigned || expected == signed;
    }

    /// <summary>A text field, which ends at its first zero byte.</summary>
    public static string Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    /// <summary>A number: octal digits between spaces and zero bytes, or GNU's base-256 with the first bit set.</summary>
    /// <exception cref="InvalidDataException">It is neither.</exception>
    public static long Number(ReadOnlySpan<byte> field) =>
        TryNumber(field, out var number) ? number : throw new InvalidDataException("a header has a number that is none");

    /// <summary>The bytes after a content that fill its last block.</summary>
    public static int Padding(long size) => (int)((Size - (size % Size)) % Size);

    private static bool TryNumber(ReadOnlySpan<byte> field, out long number)
    {
        number = 0;
        if ((field[0] & 0x80) != 0)
        {
            // Two's complement, big-endian, less the first bit.
            var negative = (field[0] & 0x40) != 0;
            Span<byte> wide = stackalloc byte[16];
            wide.Fill(negative ? (byte)0xFF : (byte)0);
            field.CopyTo(wide[(16 - field.Length)..]);
            wide[16 - field.Length] = (byte)(negative ? field[0] : field[0] & 0x7F);
            var value = BinaryPrimitives.ReadInt128BigEndian(wide);
            if (value < long.MinValue || value > long.MaxValue)
                return false;
            number = (long)value;
            return true;
        }

        var digits = field.Trim(" \0"u8);
        foreach (var digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
                return false;
            number = (number << 3) | (uint)(digit - '0');
        }

        return true;
    }
}
