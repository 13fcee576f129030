using System.Buffers.Binary;
using System.Net;
using static ContainerChaos.Linux.NetfilterMessage;

namespace ContainerChaos.Linux;

/// <summary>What connection tracking remembers of a network namespace (conntrack(8)), spoken to over ctnetlink.</summary>
/// <remarks>include/uapi/linux/netfilter/nfnetlink_conntrack.h.</remarks>
public static class ConnectionTable
{
    private const int IPCTNL_MSG_CT_NEW = 0x100, IPCTNL_MSG_CT_GET = 0x101, IPCTNL_MSG_CT_DELETE = 0x102;
    private const ushort CTA_TUPLE_ORIG = 1, CTA_STATUS = 3, CTA_ID = 12, CTA_ZONE = 18, CTA_FILTER = 25;
    private const ushort CTA_TUPLE_IP = 1, CTA_IP_V4_DST = 2, CTA_IP_V6_DST = 4;
    private const ushort CTA_TUPLE_PROTO = 2, CTA_PROTO_NUM = 1, CTA_PROTO_DST_PORT = 3;
    private const byte UDP = 17, NFPROTO_IPV4 = 2, NFPROTO_IPV6 = 10;

    /// <summary>
    /// Forgets the flows of UDP to a port, so that the next datagram of each is translated as a first one is, whatever became of those before it.
    /// Flows of which only the source was translated pass this host on their way to another one, and are left alone.
    /// </summary>
    /// <param name="address">Where the senders sent to; null for any address.</param>
    /// <param name="port">The port that they sent to.</param>
    /// <returns>How many there were; null where the kernel can't be told to forget (CONFIG_NF_CT_NETLINK).</returns>
    /// <exception cref="ErrnoException">EPERM: without CAP_NET_ADMIN.</exception>
    public static int? TryForgetDatagrams(IPAddress? address, int port)
    {
        try
        {
            using var socket = new FileDescriptor(OpenSocket());
            var flows = new List<(byte Family, NetlinkAttributes Identity)>();
            foreach (var family in new[] { NFPROTO_IPV4, NFPROTO_IPV6 })
            {
                Request(socket, IPCTNL_MSG_CT_GET, NLM_F_DUMP, family, DatagramsTo(port), message =>
                {
                    if (TryMatch(message, address, port) is { } identity)
                        flows.Add((family, identity));
                });
            }
            // One that has ended meanwhile is forgotten as well.
            return flows.Count(flow => Request(socket, IPCTNL_MSG_CT_DELETE, NLM_F_ACK, flow.Family, flow.Identity, null) == Errno.None);
        }
        catch (ErrnoException e) when (e.Errno is Errno.EPROTONOSUPPORT or Errno.EINVAL or Errno.EOPNOTSUPP or Errno.EAFNOSUPPORT)
        {
            return null;
        }
    }

    /// <summary>What the kernel may leave out of its answer; before Linux 5.8 it leaves out nothing.</summary>
    private static NetlinkAttributes DatagramsTo(int port)
    {
        const ushort CTA_FILTER_ORIG_FLAGS = 1;
        const uint CTA_FILTER_F_CTA_PROTO_NUM = 1 << 3, CTA_FILTER_F_CTA_PROTO_DST_PORT = 1 << 5;
        var protocol = new NetlinkAttributes().Add(CTA_PROTO_NUM, [UDP]).Add(CTA_PROTO_DST_PORT, [(byte)(port >> 8), (byte)port]);
        return new NetlinkAttributes()
            .Nest(CTA_TUPLE_ORIG, new NetlinkAttributes().Nest(CTA_TUPLE_PROTO, protocol))
            .Nest(CTA_FILTER, new NetlinkAttributes().Add(CTA_FILTER_ORIG_FLAGS, CTA_FILTER_F_CTA_PROTO_NUM | CTA_FILTER_F_CTA_PROTO_DST_PORT));
    }

    /// <summary>What names the flow that a message is about, if it is one of those: what was sent, in which zone, and the number of the entry.</summary>
    private static NetlinkAttributes? TryMatch(ReadOnlySpan<byte> message, IPAddress? address, int port)
    {
        const uint IPS_SRC_NAT = 1 << 4, IPS_DST_NAT = 1 << 5;
        var flow = RouteMessage.Attributes(message[(HeaderSize + GenericSize)..]);
        if (Find(flow, CTA_TUPLE_ORIG) is not { } sent || Find(flow, CTA_STATUS) is not { Length: 4 } status)
            return null;
        var tuple = RouteMessage.Attributes(sent);
        var ip = RouteMessage.Attributes(Find(tuple, CTA_TUPLE_IP));
        var protocol = RouteMessage.Attributes(Find(tuple, CTA_TUPLE_PROTO));
        if (Find(protocol, CTA_PROTO_NUM) is not [UDP] || Find(protocol, CTA_PROTO_DST_PORT) is not { Length: 2 } number || BinaryPrimitives.ReadUInt16BigEndian(number) != port)
            return null;
        if (address is not null && !address.GetAddressBytes().AsSpan().SequenceEqual(Find(ip, CTA_IP_V4_DST) ?? Find(ip, CTA_IP_V6_DST)))
            return null;
        if ((BinaryPrimitives.ReadUInt32BigEndian(status) & (IPS_SRC_NAT | IPS_DST_NAT)) == IPS_SRC_NAT)
            return null;
        var identity = new NetlinkAttributes();
        foreach (var (type, value) in flow.Where(attribute => attribute.Type is CTA_TUPLE_ORIG or CTA_ZONE or CTA_ID))
            identity.Add(type, value);
        return identity;

        static byte[]? Find(List<(ushort Type, byte[] Value)> attributes, ushort type) => attributes.Find(attribute => attribute.Type == type).Value;
    }

    /// <summary>Sends a message, and hands each answer over until the last one.</summary>
    /// <returns>None, or ENOENT: there is no such flow (any more).</returns>
    private static Errno Request(FileDescriptor socket, int type, ushort flags, byte family, NetlinkAttributes attributes, Reply? reply)
    {
        var request = new MemoryStream();
        Write(request, type, (ushort)(NLM_F_REQUEST | flags), family, 0, attributes.Bytes);
        socket.Write(request.ToArray());
        var buffer = NetlinkBuffer.Bytes;
        while (socket.Read(buffer) is > 0 and var count)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, count);
            while (TryTake(ref rest, out var message))
            {
                switch (TypeOf(message))
                {
                    case NLMSG_DONE:
                        return Errno.None;
                    case NLMSG_ERROR:
                        var errno = ErrorOf(message);
                        return errno is Errno.None or Errno.ENOENT ? errno : throw new ErrnoException(errno, "ctnetlink");
                    case IPCTNL_MSG_CT_NEW:
                        reply?.Invoke(message);
                        break;
                }
            }
        }
        return Errno.None;
    }

    private delegate void Reply(ReadOnlySpan<byte> message);
}
