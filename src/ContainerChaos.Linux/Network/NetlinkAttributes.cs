using System.Buffers.Binary;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>Attributes of a netlink message, nested as deep as they have to be (netlink(7), struct nlattr).</summary>
internal sealed class NetlinkAttributes
{
    private const int HeaderSize = 4;
    private const ushort NLA_F_NESTED = 0x8000;

    private readonly MemoryStream _bytes = new();

    internal ReadOnlySpan<byte> Bytes => _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);

    /// <summary>Bytes that are no attribute: the fixed part of a message inside a message.</summary>
    internal NetlinkAttributes AddRaw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        Pad();
        return this;
    }

    internal NetlinkAttributes Add(ushort type, ReadOnlySpan<byte> value)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(HeaderSize + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], type);
        _bytes.Write(header);
        _bytes.Write(value);
        Pad();
        return this;
    }

    internal NetlinkAttributes Add(ushort type, string text) => Add(type, Encoding.UTF8.GetBytes(text + '\0'));

    /// <summary>A number in the host's order, as rtnetlink has them.</summary>
    internal NetlinkAttributes Add(ushort type, uint number)
    {
        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(value, number);
        return Add(type, value);
    }

    /// <summary>A number in network order, as nfnetlink has them.</summary>
    internal NetlinkAttributes AddBigEndian(ushort type, uint number)
    {
        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(value, number);
        return Add(type, value);
    }

    internal NetlinkAttributes Nest(ushort type, NetlinkAttributes inner) => Add((ushort)(type | NLA_F_NESTED), inner.Bytes);

    /// <summary>Takes the next of the attributes that were read; their nesting flag is left out of the type.</summary>
    internal static bool TryTake(scoped ref ReadOnlySpan<byte> rest, out ushort type, out ReadOnlySpan<byte> value)
    {
        const int NLA_TYPE_MASK = 0x3fff;
        int length = rest.Length >= HeaderSize ? BinaryPrimitives.ReadUInt16LittleEndian(rest) : 0;
        if (length < HeaderSize || length > rest.Length)
        {
            type = 0;
            value = [];
            return false;
        }
        type = (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]) & NLA_TYPE_MASK);
        value = rest[HeaderSize..length];
        rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
        return true;
    }

    private void Pad()
    {
        while (_bytes.Length % 4 != 0)
            _bytes.WriteByte(0);
    }
}
