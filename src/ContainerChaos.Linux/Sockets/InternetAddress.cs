using System.Buffers.Binary;
using System.Net;

namespace ContainerChaos.Linux;

/// <summary>Addresses and ports as the socket calls have them (ip(7), ipv6(7): struct sockaddr_in and sockaddr_in6).</summary>
internal static class InternetAddress
{
    internal const int AF_INET = 2, AF_INET6 = 10, Capacity = 28;

    internal static int FamilyOf(IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? AF_INET6 : AF_INET;

    /// <summary>Writes an end point, and returns its length.</summary>
    internal static int Write(IPEndPoint endPoint, Span<byte> bytes)
    {
        bytes[..Capacity].Clear();
        var family = FamilyOf(endPoint.Address);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)family);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)endPoint.Port);
        if (family == AF_INET)
        {
            endPoint.Address.TryWriteBytes(bytes[4..], out _);
            return 16;
        }
        endPoint.Address.TryWriteBytes(bytes[8..], out _);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], (uint)endPoint.Address.ScopeId);
        return Capacity;
    }

    internal static IPEndPoint Read(ReadOnlySpan<byte> bytes)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return BinaryPrimitives.ReadUInt16LittleEndian(bytes) == AF_INET
            ? new IPEndPoint(new IPAddress(bytes.Slice(4, 4)), port)
            : new IPEndPoint(new IPAddress(bytes.Slice(8, 16), BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..])), port);
    }
}
