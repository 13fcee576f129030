using System.Buffers.Binary;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>A message to or from the kernel's routing socket (netlink(7)), put together or taken apart.</summary>
internal sealed class RouteMessage
{
    internal const int HeaderSize = 16, LinkSize = 16, AddressSize = 8, AttributeSize = 4;
    internal const ushort NLM_F_REQUEST = 1, NLM_F_ACK = 4, NLM_F_EXCL = 0x200, NLM_F_DUMP = 0x300, NLM_F_CREATE = 0x400;

    private readonly MemoryStream _bytes = new();

    private RouteMessage(ushort type, ushort flags)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        header.Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], type);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)(flags | NLM_F_REQUEST));
        _bytes.Write(header);
    }

    /// <summary>A message about an interface (struct ifinfomsg).</summary>
    internal static RouteMessage OfLink(ushort type, ushort flags, int index, uint state = 0, uint change = 0)
    {
        var message = new RouteMessage(type, flags);
        Span<byte> body = stackalloc byte[LinkSize];
        body.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(body[4..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(body[8..], state);
        BinaryPrimitives.WriteUInt32LittleEndian(body[12..], change);
        message._bytes.Write(body);
        return message;
    }

    /// <summary>A message about an address (struct ifaddrmsg).</summary>
    internal static RouteMessage OfAddress(ushort type, ushort flags, byte family, byte prefixLength, byte scope, int index)
    {
        var message = new RouteMessage(type, flags);
        Span<byte> body = [family, prefixLength, 0, scope, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(body[4..], index);
        message._bytes.Write(body);
        return message;
    }

    /// <summary>A message about a route (struct rtmsg).</summary>
    internal static RouteMessage OfRoute(ushort type, ushort flags, byte family, byte prefixLength, byte table, byte protocol, byte scope, byte kind)
    {
        var message = new RouteMessage(type, flags);
        message._bytes.Write([family, prefixLength, 0, 0, table, protocol, scope, kind, 0, 0, 0, 0]);
        return message;
    }

    /// <summary>A message about a neighbour, or an entry of a bridge's table (struct ndmsg).</summary>
    internal static RouteMessage OfNeighbour(ushort type, ushort flags, byte family, int index, byte neighbourFlags)
    {
        var message = new RouteMessage(type, flags);
        Span<byte> body = [family, 0, 0, 0, 0, 0, 0, 0, 0, 0, neighbourFlags, 0];
        BinaryPrimitives.WriteInt32LittleEndian(body[4..], index);
        message._bytes.Write(body);
        return message;
    }

    /// <summary>A message about the root queue of an interface (struct tcmsg).</summary>
    internal static RouteMessage OfQueue(ushort type, ushort flags, int index)
    {
        const uint TC_H_ROOT = 0xFFFFFFFF;
        var message = new RouteMessage(type, flags);
        Span<byte> body = stackalloc byte[20];
        body.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(body[4..], index);
        BinaryPrimitives.WriteUInt32LittleEndian(body[12..], TC_H_ROOT);
        message._bytes.Write(body);
        return message;
    }

    internal RouteMessage With(NetlinkAttributes attributes)
    {
        _bytes.Write(attributes.Bytes);
        return this;
    }

    internal RouteMessage With(ushort attribute, string text) => With(attribute, Encoding.UTF8.GetBytes(text + '\0'));

    internal RouteMessage With(ushort attribute, uint number)
    {
        Span<byte> value = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(value, number);
        return With(attribute, value);
    }

    internal RouteMessage With(ushort attribute, ReadOnlySpan<byte> value)
    {
        Span<byte> header = stackalloc byte[AttributeSize];
        BinaryPrimitives.WriteUInt16LittleEndian(header, (ushort)(AttributeSize + value.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(header[2..], attribute);
        _bytes.Write(header);
        _bytes.Write(value);
        while (_bytes.Length % 4 != 0)
            _bytes.WriteByte(0);
        return this;
    }

    internal byte[] ToArray()
    {
        var bytes = _bytes.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length);
        return bytes;
    }

    /// <summary>The attributes behind a message's fixed part.</summary>
    internal static List<(ushort Type, byte[] Value)> Attributes(ReadOnlySpan<byte> bytes)
    {
        var attributes = new List<(ushort, byte[])>();
        while (NetlinkAttributes.TryTake(ref bytes, out var type, out var value))
            attributes.Add((type, value.ToArray()));
        return attributes;
    }
}
