using System.Net;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>
/// The published ports of a running container. A socket of the monitor holds each of them on the host, so that nobody else has it; the
/// kernel's translation takes what comes from outside away before it, and what is left for it goes through a proxy.
/// </summary>
internal sealed class PortPublisher : IDisposable
{
    private const byte Tcp = 6, Udp = 17;

    /// <summary>How often another free port is looked for, when one is free for one version of IP only.</summary>
    private const int MaximumTries = 16;

    private readonly EventLoop _loop;
    private readonly string _folder;
    private readonly ContainerDefinition _container;
    private readonly List<IDisposable> _proxies = [];
    private readonly List<(IPAddress? Host, byte Protocol, int Port, IPAddress Container)> _translated = [];
    private readonly List<string> _links = [];

    internal PortPublisher(EventLoop loop, NetworkDirectory networks, ContainerDefinition container)
    {
        _loop = loop;
        _folder = Path.Combine(networks.RunDirectory, "ports");
        _container = container;
    }

    /// <summary>Publishes all of them, or none.</summary>
    /// <param name="ports">What is asked for.</param>
    /// <param name="ipv4">The container's address; null when it has none.</param>
    /// <param name="ipv6">The same of version 6.</param>
    /// <returns>The ports as they are: those that any port of the host was asked for have it.</returns>
    /// <exception cref="ContainerException">PortInUse.</exception>
    internal IReadOnlyList<PortMapping> Publish(IReadOnlyList<PortMapping> ports, IPAddress? ipv4, IPAddress? ipv6)
    {
        if (ports.Count == 0 || (ipv4 is null && ipv6 is null))
            return [];
        using var firewall = HostFirewall.TryOpen();
        try
        {
            return [.. ports.Select(port => Publish(port, ipv4, ipv6, firewall))];
        }
        catch
        {
            Withdraw();
            throw;
        }
    }

    /// <summary>Takes all of them back.</summary>
    internal void Withdraw()
    {
        foreach (var proxy in _proxies)
            proxy.Dispose();
        _proxies.Clear();
        foreach (var link in _links)
            File.Delete(link);
        _links.Clear();
        if (_translated.Count == 0)
            return;
        using var firewall = HostFirewall.TryOpen();
        foreach (var (host, protocol, port, container) in _translated)
            firewall?.Unpublish(host, protocol, port, container);
        _translated.Clear();
    }

    public void Dispose() => Withdraw();

    private PortMapping Publish(PortMapping port, IPAddress? ipv4, IPAddress? ipv6, HostFirewall? firewall)
    {
        var protocol = port.Protocol == "udp" ? Udp : Tcp;
        var host = port.HostAddress is null ? null : IPAddress.Parse(port.HostAddress);
        var hosts = host is not null ? [host] : File.Exists("/proc/net/if_inet6") ? new[] { IPAddress.Any, IPAddress.IPv6Any } : [IPAddress.Any];
        var sockets = Bind(port, protocol, hosts);
        var number = sockets[0].LocalEndPoint.Port;
        foreach (var socket in sockets)
        {
            var isIPv6 = socket.LocalEndPoint.Address.GetAddressBytes().Length == 16;
            // As with Docker's proxy, who comes by version 6 reaches a container that only has version 4.
            var target = new IPEndPoint((isIPv6 ? ipv6 ?? ipv4 : ipv4 ?? ipv6)!, port.ContainerPort);
            _proxies.Add(protocol == Udp ? new UdpProxy(_loop, socket, target) : new TcpProxy(_loop, socket, target));
        }
        foreach (var address in new[] { ipv4, ipv6 }.OfType<IPAddress>())
        {
            if (firewall is null || (host is not null && host.AddressFamily != address.AddressFamily))
                continue;
            if (firewall.TryPublish(host, protocol, number, address, port.ContainerPort))
                _translated.Add((host, protocol, number, address));
        }
        Directory.CreateDirectory(_folder);
        var link = LinkOf(port, number);
        File.Delete(link);
        File.CreateSymbolicLink(link, $"{_container.Id}/{_container.Name}");
        _links.Add(link);
        return port with { HostPort = number };
    }

    private List<InternetSocket> Bind(PortMapping port, byte protocol, IReadOnlyList<IPAddress> hosts)
    {
        for (var tries = 1; ; tries++)
        {
            var sockets = new List<InternetSocket>();
            try
            {
                foreach (var address in hosts)
                {
                    var endPoint = new IPEndPoint(address, sockets.Count == 0 ? port.HostPort : sockets[0].LocalEndPoint.Port);
                    sockets.Add(protocol == Udp ? InternetSocket.BindDatagram(endPoint) : InternetSocket.Listen(endPoint));
                }
                return sockets;
            }
            catch (ErrnoException e)
            {
                foreach (var socket in sockets)
                    socket.Dispose();
                if (port.HostPort == 0 && e.Errno == Errno.EADDRINUSE && tries < MaximumTries)
                    continue;
                throw Describe(port, e);
            }
        }
    }

    private ContainerException Describe(PortMapping port, ErrnoException e)
    {
        if (e.Errno != Errno.EADDRINUSE)
        {
            return new ContainerException(ErrorReason.StartFailed, $"{_container.Name}: the port {port} can't be published: {e.Message}.", _container.Name, e)
            {
                Remedy = "Publish it on an address of this host.",
            };
        }
        var owner = new FileInfo(LinkOf(port, port.HostPort)).LinkTarget is { } target ? $"container '{target.Split('/')[^1]}'" : "another program";
        return new ContainerException(ErrorReason.PortInUse, $"{_container.Name}: the port {port.HostPort}/{port.Protocol} of the host is taken by {owner}.", _container.Name, e)
        {
            Remedy = "Publish another port, or stop what has it.",
        };
    }

    /// <summary>Tells others whose port it is; the socket alone decides who has it.</summary>
    private string LinkOf(PortMapping port, int number) => Path.Combine(_folder, $"{number}-{port.Protocol}");
}
