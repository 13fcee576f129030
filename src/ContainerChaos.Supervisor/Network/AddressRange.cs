using System.Buffers.Binary;
using System.Net;

namespace ContainerChaos.Supervisor;

/// <summary>The addresses of a subnet that containers can have: those of its range but the network's own, the broadcast and the gateway.</summary>
internal sealed class AddressRange
{
    private readonly IPNetwork _range;
    private readonly UInt128 _first;
    private readonly UInt128[] _excluded;
    private readonly int _length;

    internal AddressRange(NetworkSubnet subnet)
    {
        var network = IPNetwork.Parse(subnet.Subnet);
        _range = IPNetwork.Parse(subnet.IPRange ?? subnet.Subnet);
        _length = network.BaseAddress.GetAddressBytes().Length;
        _first = ToNumber(_range.BaseAddress);
        var start = ToNumber(network.BaseAddress);
        var size = Size(network.PrefixLength);
        var gateway = ToNumber(IPAddress.Parse(subnet.Gateway));
        // RFC 3021: a /31 has neither. Version 6 has no broadcast; the first address is the subnet routers' (RFC 4291, 2.6.1).
        _excluded = _length == 4 && size > 2 ? [start, start + size - 1, gateway] : size > 2 ? [start, gateway] : [gateway];
    }

    /// <summary>How many there are, with those that are excluded; of version 6 as many as a counter can be sure of.</summary>
    internal UInt128 Count => Size(_range.PrefixLength);

    /// <summary>One of them; null when it is excluded.</summary>
    internal IPAddress? this[UInt128 position] => _excluded.Contains(_first + position) ? null : ToAddress(_first + position);

    internal bool Contains(string address) =>
        IPAddress.TryParse(address, out var parsed) && parsed.GetAddressBytes().Length == _length && _range.Contains(parsed) && !_excluded.Contains(ToNumber(parsed));

    internal static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        var own = address.GetAddressBytes();
        own.CopyTo(bytes[(16 - own.Length)..]);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private UInt128 Size(int prefixLength) => UInt128.One << Math.Min((8 * _length) - prefixLength, 64);

    private IPAddress ToAddress(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(bytes[(16 - _length)..]);
    }
}
