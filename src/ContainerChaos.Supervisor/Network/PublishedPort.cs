using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>One published port of a running container: its sockets on the host, what serves them, and the kernel's translation before them.</summary>
internal sealed class PublishedPort
{
    private const byte Tcp = 6, Udp = 17;

    private readonly PortDirectory _directory;
    private readonly ContainerDefinition _container;
    private readonly List<PortProxy> _proxies;

    /// <summary>Serves a port on sockets that stand.</summary>
    internal PublishedPort(EventLoop loop, PortDirectory directory, ContainerDefinition container, PortMapping mapping, IReadOnlyList<InternetSocket> sockets, PortTarget target)
    {
        _directory = directory;
        _container = container;
        Mapping = mapping;
        _proxies = [.. sockets.Select(socket => Serve(loop, socket, TargetOf(socket, target)))];
    }

    internal PortMapping Mapping { get; }

    /// <summary>Whether senders of before may go on to reach whom they reached: this kernel can't be told otherwise.</summary>
    internal bool KeepsFlows { get; private set; }

    internal IEnumerable<InternetSocket> Sockets => _proxies.Select(proxy => proxy.Socket);

    private IPAddress? Host => HostOf(Mapping);

    private byte Protocol => ProtocolOf(Mapping);

    /// <summary>Leads it to the container, whoever it led to before: each packet goes to the one or to the other.</summary>
    internal void Lead(PortTarget target, HostFirewall? firewall)
    {
        using var changing = _directory.Lock();
        foreach (var proxy in _proxies)
            proxy.Target = TargetOf(proxy.Socket, target);
        if (firewall is not null)
        {
            foreach (var ipv6 in new[] { false, true })
            {
                if (target.Addresses.FirstOrDefault(address => HostFirewall.IsIPv6(address) == ipv6) is { } address && IsOn(address))
                    firewall.TryPublish(Host, Protocol, Mapping.HostPort, address, Mapping.ContainerPort);
                else
                    firewall.Unpublish(Host, Protocol, Mapping.HostPort, ipv6);
            }
            KeepsFlows = !TryForgetFlows(Mapping);
        }
        _directory.Claim(Mapping, _container);
    }

    /// <summary>Takes it back, unless another container has it by now; its sockets are closed.</summary>
    internal void Withdraw(HostFirewall? firewall)
    {
        Withdraw(_directory, _container.Id, Mapping, firewall);
        foreach (var proxy in _proxies)
            proxy.Dispose();
    }

    /// <summary>The same of a port whose sockets went with the monitor that had them.</summary>
    internal static void Withdraw(PortDirectory directory, string containerId, PortMapping mapping, HostFirewall? firewall)
    {
        using var changing = directory.Lock();
        if (directory.OwnerOf(mapping) is { } owner && owner.Id != containerId)
            return;
        if (firewall is not null)
        {
            foreach (var ipv6 in new[] { false, true })
                firewall.Unpublish(HostOf(mapping), ProtocolOf(mapping), mapping.HostPort, ipv6);
            TryForgetFlows(mapping);
        }
        directory.Release(mapping);
    }

    /// <summary>Leaves it to another container, which has the sockets.</summary>
    /// <returns>What is under way still.</returns>
    internal IEnumerable<PortProxy> Retire()
    {
        foreach (var proxy in _proxies)
            proxy.Retire();
        return _proxies.Where(proxy => !proxy.IsIdle);
    }

    internal static bool IsUdp(PortMapping mapping) => ProtocolOf(mapping) == Udp;

    /// <summary>
    /// A flow of datagrams is translated as its first one was, for as long as its sender goes on: it would never notice a change. A TCP connection is meant to
    /// stay where it is.
    /// </summary>
    private static bool TryForgetFlows(PortMapping mapping) => !IsUdp(mapping) || ConnectionTable.TryForgetDatagrams(HostOf(mapping), mapping.HostPort) is not null;

    private static IPAddress? HostOf(PortMapping mapping) => mapping.HostAddress is null ? null : IPAddress.Parse(mapping.HostAddress);

    private static byte ProtocolOf(PortMapping mapping) => mapping.Protocol == "udp" ? Udp : Tcp;

    private bool IsOn(IPAddress address) => Host is not { } host || host.AddressFamily == address.AddressFamily;

    private PortProxy Serve(EventLoop loop, InternetSocket socket, IPEndPoint target) => Protocol == Udp ? new UdpProxy(loop, socket, target) : new TcpProxy(loop, socket, target);

    private IPEndPoint TargetOf(InternetSocket socket, PortTarget target) => target.For(HostFirewall.IsIPv6(socket.LocalEndPoint.Address), Mapping.ContainerPort);
}
