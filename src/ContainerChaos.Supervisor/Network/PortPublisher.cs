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
    /// <summary>How often another free port is looked for, when one is free for one version of IP only.</summary>
    private const int MaximumTries = 16;

    private readonly EventLoop _loop;
    private readonly NetworkDirectory _networks;
    private readonly PortDirectory _directory;
    private readonly List<PublishedPort> _ports = [];
    private readonly List<PortProxy> _retired = [];
    private ContainerDefinition _container;

    internal PortPublisher(EventLoop loop, NetworkDirectory networks, ContainerDefinition container)
    {
        _loop = loop;
        _networks = networks;
        _directory = new PortDirectory(networks);
        _container = container;
    }

    /// <summary>The ports as they are: those that any port of the host was asked for have it.</summary>
    internal IReadOnlyList<PortMapping> Ports => [.. _ports.Select(port => port.Mapping)];

    /// <summary>Whether senders to one of them may go on to reach whom they reached before.</summary>
    internal bool KeepsFlows => _ports.Exists(port => port.KeepsFlows);

    /// <summary>Whether another container has a port that this one had: it was moved, and nobody could say so any more.</summary>
    internal bool IsForeign(PortMapping port) => _directory.OwnerOf(port) is { } owner && owner.Id != _container.Id;

    /// <summary>Publishes all of them, or none.</summary>
    /// <exception cref="ContainerException">PortInUse.</exception>
    internal void Publish(IReadOnlyList<PortMapping> ports, PortTarget target)
    {
        if (ports.Count == 0 || target.IsNone)
            return;
        using var firewall = HostFirewall.TryOpen(_networks);
        var before = _ports.Count;
        try
        {
            foreach (var port in ports)
                Add(port, Bind(port), target, firewall);
        }
        catch
        {
            foreach (var port in _ports.Skip(before))
                port.Withdraw(firewall);
            _ports.RemoveRange(before, _ports.Count - before);
            throw;
        }
    }

    /// <summary>They keep their numbers and their connections, and lead elsewhere.</summary>
    internal void Lead(PortTarget target)
    {
        if (_ports.Count == 0)
            return;
        using var firewall = HostFirewall.TryOpen(_networks);
        foreach (var port in _ports)
            port.Lead(target, firewall);
    }

    /// <summary>The sockets of a port, for another container's monitor to serve.</summary>
    internal (PortMapping Port, FileDescriptor[] Sockets) Offer(PortMapping port)
    {
        var published = Find(port);
        return (published.Mapping, [.. published.Sockets]);
    }

    /// <summary>Serves a port that another container has until now, on the very sockets: no connection that waits in them is lost.</summary>
    internal void Take(PortMapping port, IReadOnlyList<InternetSocket> sockets, PortTarget target)
    {
        using var firewall = HostFirewall.TryOpen(_networks);
        Add(port, sockets, target, firewall);
    }

    /// <summary>Leaves a port to the container that has taken it; connections that are under way stay.</summary>
    internal void Yield(PortMapping port)
    {
        var published = Find(port);
        _ports.Remove(published);
        _retired.RemoveAll(proxy => proxy.IsIdle);
        _retired.AddRange(published.Retire());
    }

    /// <summary>Lets whoever wants one of the ports be told the container's new name.</summary>
    internal void Rename(ContainerDefinition container)
    {
        _container = container;
        if (_ports.Count == 0)
            return;
        using var changing = _directory.Lock();
        // One that is on its way to another container is that one's already.
        foreach (var port in _ports.Where(port => _directory.OwnerOf(port.Mapping)?.Id == container.Id))
            _directory.Claim(port.Mapping, container);
    }

    /// <summary>Takes all of them back.</summary>
    internal void Withdraw()
    {
        foreach (var proxy in _retired)
            proxy.Dispose();
        _retired.Clear();
        if (_ports.Count == 0)
            return;
        using var firewall = HostFirewall.TryOpen(_networks);
        foreach (var port in _ports)
            port.Withdraw(firewall);
        _ports.Clear();
    }

    /// <summary>Takes back the ports of a container that ended together with its monitor.</summary>
    internal static void Withdraw(NetworkDirectory networks, string containerId, IReadOnlyList<PortMapping> ports)
    {
        if (ports.Count == 0)
            return;
        using var firewall = HostFirewall.TryOpen(networks);
        var directory = new PortDirectory(networks);
        foreach (var port in ports)
            PublishedPort.Withdraw(directory, containerId, port, firewall);
    }

    public void Dispose() => Withdraw();

    private PublishedPort Find(PortMapping port) => _ports.Find(published => published.Mapping == port)
        ?? throw new ContainerException(ErrorReason.InvalidState, $"{_container.Name} does not have the port {port} (any more).", _container.Name);

    private void Add(PortMapping port, IReadOnlyList<InternetSocket> sockets, PortTarget target, HostFirewall? firewall)
    {
        var published = new PublishedPort(_loop, _directory, _container, port with { HostPort = sockets[0].LocalEndPoint.Port }, sockets, target);
        _ports.Add(published);
        try
        {
            published.Lead(target, firewall);
        }
        catch
        {
            _ports.Remove(published);
            published.Withdraw(firewall);
            throw;
        }
    }

    private List<InternetSocket> Bind(PortMapping port)
    {
        var hosts = port.HostAddress is not null ? [IPAddress.Parse(port.HostAddress)] : File.Exists("/proc/net/if_inet6") ? new[] { IPAddress.Any, IPAddress.IPv6Any } : [IPAddress.Any];
        for (var tries = 1; ; tries++)
        {
            var sockets = new List<InternetSocket>();
            try
            {
                foreach (var address in hosts)
                {
                    var endPoint = new IPEndPoint(address, sockets.Count == 0 ? port.HostPort : sockets[0].LocalEndPoint.Port);
                    sockets.Add(PublishedPort.IsUdp(port) ? InternetSocket.BindDatagram(endPoint) : InternetSocket.Listen(endPoint));
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
                Remedy = e.Errno == Errno.EACCES ? "Publish a port from 1024 on, or run with CAP_NET_BIND_SERVICE." : "Publish it on an address of this host.",
            };
        }
        return new ContainerException(ErrorReason.PortInUse, $"{_container.Name}: the port {port.HostPort}/{port.Protocol} of the host is taken by {Owner(port)}.", _container.Name, e)
        {
            Remedy = "Publish another port, or stop what has it.",
        };
    }

    private string Owner(PortMapping port)
    {
        // Ours first: of a published port the process is a monitor, which tells nobody anything.
        if (_directory.AnyOwnerOf(port) is { } owner)
            return $"container '{owner.Name}'";
        return SocketOwner.TryFind(PublishedPort.IsUdp(port), port.HostPort) is { } process
            ? $"the process {process} ({(ProcessStat.TryRead(process, out var stat) ? stat.Name : "ended")})"
            : "another program, in another network namespace's process or one that this user can't see";
    }
}
