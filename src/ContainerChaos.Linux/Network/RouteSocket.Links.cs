using System.Buffers.Binary;
using System.Net;
using System.Net.NetworkInformation;
using static ContainerChaos.Linux.RouteMessage;

namespace ContainerChaos.Linux;

/// <summary>Making interfaces, and giving them addresses and routes.</summary>
public sealed partial class RouteSocket
{
    private const ushort RTM_DELLINK = 17, RTM_DELADDR = 21, RTM_NEWROUTE = 24, RTM_DELROUTE = 25, RTM_DELNEIGH = 29;
    private const ushort IFLA_ADDRESS = 1, IFLA_MTU = 4, IFLA_MASTER = 10, IFLA_LINKINFO = 18;
    private const ushort IFLA_INFO_KIND = 1, IFLA_INFO_DATA = 2, IFLA_INFO_SLAVE_KIND = 4, IFLA_INFO_SLAVE_DATA = 5;
    private const ushort VETH_INFO_PEER = 1, IFLA_BRPORT_MODE = 4;
    private const ushort RTA_OIF = 4, RTA_GATEWAY = 5;
    private const byte AF_INET = 2, AF_INET6 = 10;

    /// <summary>An interface by its name; null when there is none.</summary>
    public NetworkLink? TryFind(string name)
    {
        NetworkLink? found = null;
        try
        {
            Request("RTM_GETLINK", name, OfLink(RTM_GETLINK, NLM_F_ACK, 0).With(IFLA_IFNAME, name), body =>
                found = new NetworkLink(BinaryPrimitives.ReadInt32LittleEndian(body[4..]), name) { IsUp = (BinaryPrimitives.ReadUInt32LittleEndian(body[8..]) & IFF_UP) != 0 });
        }
        catch (ErrnoException e) when (e.Errno == Errno.ENODEV)
        {
        }
        return found;
    }

    /// <summary>Makes a bridge, which is down at first.</summary>
    /// <param name="name">Its name, 15 bytes at most.</param>
    /// <param name="address">Its link-layer address; one that is set does not change with the ports that come and go.</param>
    /// <param name="mtu">The largest packet in bytes; 0 for the kernel's choice.</param>
    /// <exception cref="ErrnoException">EEXIST: there is an interface of that name; EPERM: without CAP_NET_ADMIN.</exception>
    public void AddBridge(string name, PhysicalAddress address, int mtu = 0)
    {
        var message = OfLink(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, 0).With(IFLA_IFNAME, name).With(IFLA_ADDRESS, address.GetAddressBytes());
        if (mtu > 0)
            message.With(IFLA_MTU, (uint)mtu);
        Request("RTM_NEWLINK", name, message.With(new NetlinkAttributes().Nest(IFLA_LINKINFO, new NetlinkAttributes().Add(IFLA_INFO_KIND, "bridge"))));
    }

    /// <summary>Makes a pair of interfaces with a wire between them (veth(4)), one end here and a port of a bridge, the other in another network namespace.</summary>
    /// <param name="name">This end's name.</param>
    /// <param name="bridge">The bridge that it becomes a port of.</param>
    /// <param name="peerName">The other end's name.</param>
    /// <param name="peerNamespace">The network namespace that the other end is made in.</param>
    /// <param name="peerAddress">The other end's link-layer address.</param>
    /// <exception cref="ErrnoException">EEXIST: there is an interface of one of the names.</exception>
    public void AddVeth(string name, NetworkLink bridge, string peerName, FileDescriptor peerNamespace, PhysicalAddress peerAddress)
    {
        // struct ifinfomsg of the peer, all zero, and then its attributes.
        var peer = new NetlinkAttributes().AddRaw(new byte[LinkSize])
            .Add(IFLA_IFNAME, peerName).Add(IFLA_NET_NS_FD, (uint)peerNamespace.Number).Add(IFLA_ADDRESS, peerAddress.GetAddressBytes());
        var info = new NetlinkAttributes().Add(IFLA_INFO_KIND, "veth").Nest(IFLA_INFO_DATA, new NetlinkAttributes().Nest(VETH_INFO_PEER, peer));
        Request("RTM_NEWLINK", name, OfLink(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, 0)
            .With(IFLA_IFNAME, name).With(IFLA_MASTER, (uint)bridge.Index).With(new NetlinkAttributes().Nest(IFLA_LINKINFO, info)));
    }

    /// <summary>Lets a bridge send a frame back out of the port that it came from: what a container needs to reach itself by a published port.</summary>
    public void SetHairpin(NetworkLink port)
    {
        var data = new NetlinkAttributes().Add(IFLA_BRPORT_MODE, [1]);
        var info = new NetlinkAttributes().Add(IFLA_INFO_SLAVE_KIND, "bridge").Nest(IFLA_INFO_SLAVE_DATA, data);
        Request("RTM_NEWLINK", port.Name, OfLink(RTM_NEWLINK, NLM_F_ACK, port.Index).With(new NetlinkAttributes().Nest(IFLA_LINKINFO, info)));
    }

    /// <summary>Deletes an interface; a veth takes its other end with it.</summary>
    /// <returns>False when there was none.</returns>
    public bool TryDelete(string name)
    {
        try
        {
            Request("RTM_DELLINK", name, OfLink(RTM_DELLINK, NLM_F_ACK, 0).With(IFLA_IFNAME, name));
            return true;
        }
        catch (ErrnoException e) when (e.Errno == Errno.ENODEV)
        {
            return false;
        }
    }

    /// <summary>Gives an interface an address, which of version 6 is usable at once: nobody is asked whether it is taken.</summary>
    /// <exception cref="ErrnoException">EEXIST: it has the address.</exception>
    public void Add(NetworkLink link, IPAddress address, int prefixLength)
    {
        const uint IFA_F_NODAD = 2;
        var bytes = address.GetAddressBytes();
        var attributes = new List<(ushort, byte[])> { (IFA_ADDRESS, bytes), (IFA_LOCAL, bytes) };
        if (bytes.Length == 4 && prefixLength < 31)
            attributes.Add((IFA_BROADCAST, Broadcast(bytes, prefixLength)));
        Add(link, new LinkAddress(Family(bytes), (byte)prefixLength, Scope: 0, bytes.Length == 4 ? 0 : IFA_F_NODAD, attributes));
    }

    /// <summary>Takes an address from an interface: it sends and answers nothing by it from now on. Unlike the interface's end, this waits for nothing.</summary>
    /// <exception cref="ErrnoException">EADDRNOTAVAIL: it does not have the address.</exception>
    public void Remove(NetworkLink link, IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        Request("RTM_DELADDR", link.Name, OfAddress(RTM_DELADDR, NLM_F_ACK, Family(bytes), (byte)prefixLength, 0, link.Index).With(IFA_LOCAL, bytes).With(IFA_ADDRESS, bytes));
    }

    /// <summary>Lets a bridge forget which of its ports a link-layer address is behind (bridge(8), <c>bridge fdb del</c>).</summary>
    /// <returns>False when it did not know.</returns>
    public bool TryForget(NetworkLink port, PhysicalAddress address)
    {
        const byte AF_BRIDGE = 7, NTF_MASTER = 4;
        const ushort NDA_LLADDR = 2;
        try
        {
            Request("RTM_DELNEIGH", port.Name, OfNeighbour(RTM_DELNEIGH, NLM_F_ACK, AF_BRIDGE, port.Index, NTF_MASTER).With(NDA_LLADDR, address.GetAddressBytes()));
            return true;
        }
        catch (ErrnoException e) when (e.Errno == Errno.ENOENT)
        {
            return false;
        }
    }

    /// <summary>Adds the route that every packet takes for which there is no better one.</summary>
    /// <exception cref="ErrnoException">EEXIST: there is one; ENETUNREACH: the gateway is on no link.</exception>
    public void AddDefaultRoute(NetworkLink link, IPAddress gateway) => ChangeDefaultRoute("RTM_NEWROUTE", RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL | NLM_F_ACK, link, gateway);

    /// <summary>Takes such a route away.</summary>
    public void RemoveDefaultRoute(NetworkLink link, IPAddress gateway) => ChangeDefaultRoute("RTM_DELROUTE", RTM_DELROUTE, NLM_F_ACK, link, gateway);

    /// <summary>The addresses of all interfaces, with the lengths of their prefixes.</summary>
    public IReadOnlyList<(int Index, IPAddress Address, int PrefixLength)> AllAddresses()
    {
        var addresses = new List<(int, IPAddress, int)>();
        Request("RTM_GETADDR", null, OfAddress(RTM_GETADDR, NLM_F_DUMP, 0, 0, 0, 0), body =>
        {
            var attributes = Attributes(body[AddressSize..]);
            // IFA_LOCAL is this end's address where IFA_ADDRESS is the other's (rtnetlink(7)).
            if ((attributes.FirstOrDefault(a => a.Type == IFA_LOCAL).Value ?? attributes.FirstOrDefault(a => a.Type == IFA_ADDRESS).Value) is { Length: 4 or 16 } bytes)
                addresses.Add((BinaryPrimitives.ReadInt32LittleEndian(body[4..]), new IPAddress(bytes), body[1]));
        });
        return addresses;
    }

    private void ChangeDefaultRoute(string call, ushort type, ushort flags, NetworkLink link, IPAddress gateway)
    {
        const byte RT_TABLE_MAIN = 254, RTPROT_BOOT = 3, RT_SCOPE_UNIVERSE = 0, RTN_UNICAST = 1;
        var bytes = gateway.GetAddressBytes();
        Request(call, $"default via {gateway}", OfRoute(type, flags, Family(bytes), 0, RT_TABLE_MAIN, RTPROT_BOOT, RT_SCOPE_UNIVERSE, RTN_UNICAST)
            .With(RTA_GATEWAY, bytes).With(RTA_OIF, (uint)link.Index));
    }

    private static byte Family(byte[] address) => address.Length == 4 ? AF_INET : AF_INET6;

    private static byte[] Broadcast(byte[] address, int prefixLength)
    {
        var bits = BinaryPrimitives.ReadUInt32BigEndian(address) | (uint)(0xFFFFFFFFUL >> prefixLength);
        var broadcast = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(broadcast, bits);
        return broadcast;
    }
}
