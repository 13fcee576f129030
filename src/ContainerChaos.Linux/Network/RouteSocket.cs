using System.Buffers.Binary;
using System.Text;
using static ContainerChaos.Linux.RouteMessage;

namespace ContainerChaos.Linux;

/// <summary>The interfaces and addresses of one network namespace (rtnetlink(7)): of the one that the socket was made in.</summary>
public sealed partial class RouteSocket : IDisposable
{
    private const ushort RTM_NEWLINK = 16, RTM_GETLINK = 18, RTM_NEWADDR = 20, RTM_GETADDR = 22, NLMSG_ERROR = 2, NLMSG_DONE = 3;
    private const ushort IFLA_IFNAME = 3, IFLA_NET_NS_FD = 28, IFA_ADDRESS = 1, IFA_LOCAL = 2, IFA_BROADCAST = 4, IFA_FLAGS = 8;
    private const uint IFF_UP = 1;

    private readonly FileDescriptor _socket;

    /// <summary>Takes over a socket that was made elsewhere.</summary>
    public RouteSocket(FileDescriptor socket) => _socket = socket;

    /// <summary>A socket for this thread's network namespace.</summary>
    public static RouteSocket Open()
    {
        const int AF_NETLINK = 16, SOCK_RAW_CLOEXEC = 0x80003, NETLINK_ROUTE = 0;
        return new RouteSocket(new FileDescriptor((int)Libc.Checked(
            "socket", null, Libc.SystemCall((nint)SystemCallNumber.socket, AF_NETLINK, SOCK_RAW_CLOEXEC, NETLINK_ROUTE))));
    }

    /// <summary>All interfaces.</summary>
    public IReadOnlyList<NetworkLink> Links()
    {
        var links = new List<NetworkLink>();
        Request("RTM_GETLINK", null, OfLink(RTM_GETLINK, NLM_F_DUMP, 0), body =>
        {
            var name = Attributes(body[LinkSize..]).FirstOrDefault(a => a.Type == IFLA_IFNAME).Value;
            if (name is not null)
                links.Add(new NetworkLink(BinaryPrimitives.ReadInt32LittleEndian(body[4..]), Encoding.UTF8.GetString(name).TrimEnd('\0')) { IsUp = (BinaryPrimitives.ReadUInt32LittleEndian(body[8..]) & IFF_UP) != 0 });
        });
        return links;
    }

    /// <summary>The addresses of an interface.</summary>
    public IReadOnlyList<LinkAddress> Addresses(int index)
    {
        var addresses = new List<LinkAddress>();
        Request("RTM_GETADDR", null, OfAddress(RTM_GETADDR, NLM_F_DUMP, 0, 0, 0, 0), body =>
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(body[4..]) != index)
                return;
            var attributes = Attributes(body[AddressSize..]);
            // IFA_FLAGS has room for more flags than the header (Linux 3.14).
            var flags = attributes.FirstOrDefault(a => a.Type == IFA_FLAGS).Value is { Length: 4 } wide ? BinaryPrimitives.ReadUInt32LittleEndian(wide) : body[2];
            addresses.Add(new LinkAddress(body[0], body[1], body[3], flags, [.. attributes.Where(a => a.Type is IFA_ADDRESS or IFA_LOCAL or IFA_BROADCAST)]));
        });
        return addresses;
    }

    /// <summary>Sets an interface up or down.</summary>
    public void SetState(NetworkLink link, bool up) =>
        Request("RTM_NEWLINK", link.Name, OfLink(RTM_NEWLINK, NLM_F_ACK, link.Index, up ? IFF_UP : 0, IFF_UP));

    /// <summary>Moves an interface into another network namespace, under a new name in the same step.</summary>
    /// <param name="link">The interface.</param>
    /// <param name="target">The network namespace.</param>
    /// <param name="name">What it is called there; <c>%d</c> lets the kernel count.</param>
    /// <exception cref="ErrnoException">EEXIST: there is one of that name; EINVAL: an interface that stays where it is (lo).</exception>
    public void Move(NetworkLink link, FileDescriptor target, string name) =>
        Request("RTM_NEWLINK", link.Name, OfLink(RTM_NEWLINK, NLM_F_ACK, link.Index).With(IFLA_IFNAME, name).With(IFLA_NET_NS_FD, (uint)target.Number));

    /// <summary>Gives an interface an address.</summary>
    public void Add(NetworkLink link, LinkAddress address)
    {
        // What the kernel says of an address, not what it is told: IFA_F_PERMANENT, IFA_F_TENTATIVE, IFA_F_DEPRECATED, IFA_F_DADFAILED, IFA_F_SECONDARY.
        const uint reported = 0x80 | 0x40 | 0x20 | 0x08 | 0x01;
        var message = OfAddress(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, address.Family, address.PrefixLength, address.Scope, link.Index);
        foreach (var (type, value) in address.Attributes)
            message.With(type, value);
        Request("RTM_NEWADDR", link.Name, message.With(IFA_FLAGS, address.Flags & ~reported));
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private delegate void Reply(ReadOnlySpan<byte> body);

    /// <summary>Sends one message and reads the answers up to the acknowledgement or the end of the list.</summary>
    private void Request(string call, string? subject, RouteMessage message, Reply? reply = null)
    {
        _socket.Write(message.ToArray());
        var buffer = NetlinkBuffer.Bytes;
        while (true)
        {
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, _socket.Read(buffer));
            while (rest.Length >= HeaderSize)
            {
                var length = BinaryPrimitives.ReadInt32LittleEndian(rest);
                if (length < HeaderSize || length > rest.Length)
                    return;
                var body = rest[HeaderSize..length];
                switch (BinaryPrimitives.ReadUInt16LittleEndian(rest[4..]))
                {
                    case NLMSG_DONE:
                        return;
                    case NLMSG_ERROR:
                        if (BinaryPrimitives.ReadInt32LittleEndian(body) is not 0 and var error)
                            throw new ErrnoException((Errno)(-error), call, subject);
                        return;
                    default:
                        reply?.Invoke(body);
                        break;
                }
                rest = rest[Math.Min((length + 3) & ~3, rest.Length)..];
            }
        }
    }
}
