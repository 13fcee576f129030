using System.Net;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>
/// The network namespace of a container in bridge networks, with all that belongs to it. The monitor holds it for as long as the container
/// is up, so that a restart by policy keeps its addresses and its ports.
/// </summary>
internal sealed partial class NetworkSandbox : IDisposable
{
    /// <summary>A second is enough for an answer around the world and once again when the first was lost (RFC 6298).</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly ContainerPaths _paths;
    private readonly string _hostname;
    private readonly EventLoop _loop;
    private readonly NetworkDirectory _networks;
    private readonly PortPublisher _publisher;
    private readonly List<ContainerEndpoint> _endpoints = [];
    private readonly RouteSocket _inside;
    private ContainerDefinition _container;
    private ContainerNetworks _settings;
    private NameServer? _nameServer;
    private PortTarget _published;
    private IReadOnlyList<PortMapping> _lastPorts = [];

    private NetworkSandbox(NetworkNamespace space, ContainerPaths paths, ContainerDefinition container, string hostname, EventLoop loop, ContainerNetworks settings)
    {
        Namespace = space;
        _paths = paths;
        _container = container;
        _hostname = hostname;
        _loop = loop;
        _networks = NetworkDirectory.Beside(paths);
        _settings = settings;
        _publisher = new PortPublisher(loop, _networks, container);
        _inside = space.Run(RouteSocket.Open);
    }

    internal NetworkNamespace Namespace { get; }

    /// <summary>The container's places, in the order of connection.</summary>
    internal IReadOnlyList<ContainerEndpoint> Endpoints => [.. _endpoints];

    /// <summary>The published ports as they are.</summary>
    internal IReadOnlyList<PortMapping> Ports => _publisher.Ports;

    /// <summary>What the host can't do for it, a sentence each.</summary>
    internal IReadOnlyList<string> Warnings => [.. _isUntranslated ? [WithoutTranslation] : (string[])[], .. _publisher.KeepsFlows ? [WithoutForgetting] : (string[])[]];

    /// <summary>Makes a container's network anew.</summary>
    /// <exception cref="ContainerException">NetworkNotFound, AddressInUse, PortInUse; nothing is left.</exception>
    internal static NetworkSandbox Create(ContainerPaths paths, ContainerDefinition container, string hostname, EventLoop loop, ContainerNetworks settings)
    {
        var sandbox = new NetworkSandbox(NetworkNamespace.Create(), paths, container, hostname, loop, settings);
        try
        {
            var inside = sandbox._inside;
            inside.SetState(inside.TryFind("lo")!, up: true);
            foreach (var endpoint in settings.Endpoints)
                sandbox.Attach(endpoint);
            sandbox.Complete();
            return sandbox;
        }
        catch (Exception e)
        {
            sandbox.Release();
            throw e is ErrnoException errno ? sandbox.Describe(settings.Endpoints[0].NetworkName, "loopback", errno) : e;
        }
    }

    /// <summary>Takes over the network of a container that runs and whose monitor was killed.</summary>
    internal static NetworkSandbox? TryAdopt(int pid, ContainerState state, ContainerPaths paths, ContainerDefinition container, string hostname, EventLoop loop, ContainerNetworks settings)
    {
        if (NetworkNamespace.TryOpen(pid) is not { } space)
            return null;
        var sandbox = new NetworkSandbox(space, paths, container, hostname, loop, settings);
        sandbox._endpoints.AddRange(state.Endpoints);
        var ports = state.Ports.Count > 0 ? state.Ports : settings.Ports;
        // What another container was given while nobody was here to say so is that one's.
        foreach (var moved in ports.Where(sandbox._publisher.IsForeign).ToArray())
        {
            ports = [.. PortMoves.Without(ports, moved)];
            settings = settings with { Ports = [.. PortMoves.Without(settings.Ports, moved)] };
        }
        sandbox._settings = settings with { Ports = ports };
        sandbox.Complete();
        sandbox._settings = settings;
        return sandbox;
    }

    /// <summary>Connects the running container to one more network.</summary>
    internal void Connect(EndpointSettings endpoint)
    {
        Attach(endpoint);
        try
        {
            Complete();
        }
        catch
        {
            Detach(endpoint.NetworkId);
            Complete();
            throw;
        }
        _settings = _settings with { Endpoints = [.. _settings.Endpoints, endpoint] };
    }

    /// <summary>Disconnects it from a network.</summary>
    internal void Disconnect(string networkId)
    {
        Detach(networkId);
        _settings = _settings with { Endpoints = [.. _settings.Endpoints.Where(endpoint => endpoint.NetworkId != networkId)] };
        Complete();
    }

    /// <summary>Lets the container be found by the names that belong to its definition, in each network, and by no others.</summary>
    internal void Rename(ContainerDefinition container)
    {
        _container = container;
        _publisher.Rename(container);
        for (var i = 0; i < _endpoints.Count; i++)
        {
            var endpoint = _endpoints[i];
            if (_networks.TryRead(endpoint.NetworkId) is not { IsDefault: false } || _settings.Endpoints.FirstOrDefault(settings => settings.NetworkId == endpoint.NetworkId) is not { } settings)
            {
                _networks.Reassign(endpoint, container.Id, container.Name, endpoint.Names);
                continue;
            }
            var names = NamesOf(settings);
            _networks.Reassign(endpoint, container.Id, container.Name, names);
            _endpoints[i] = endpoint with { Names = names };
        }
    }

    /// <summary>The networks that it shall be in, with the addresses that it has.</summary>
    internal ContainerNetworks Settings => _settings with
    {
        Endpoints = [.. _settings.Endpoints.Select(settings => _endpoints.Find(endpoint => endpoint.NetworkId == settings.NetworkId) is { } endpoint
            ? settings with { LastAddresses = [.. endpoint.Addresses.Select(ContainerEndpoint.Plain)] } : settings)],
    };

    /// <summary>
    /// Gives everything back, but not before the other sides have what the container said last: an answer, or the end of a connection. One who never hears of
    /// the end would go on asking an address that is nobody's. Whoever is out of reach, or does not read, is waited for no longer than <see cref="LastWords"/>.
    /// </summary>
    internal void Release()
    {
        try
        {
            var areHeard = _endpoints.Count == 0 || Namespace.Run(() => ClosingSockets.WaitForNone(LastWords));
            foreach (var endpoint in Endpoints)
            {
                // A connection that is not confirmed keeps the namespace for as long as the kernel tries, and the wire with it.
                if (areHeard)
                    Leave(endpoint);
                else
                    Detach(endpoint.NetworkId);
            }
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _publisher.Dispose();
        _nameServer?.Dispose();
        _nameServer = null;
        _inside.Dispose();
        Namespace.Dispose();
    }

    /// <summary>What depends on all the networks together: default routes, name server, files, published ports.</summary>
    private void Complete()
    {
        var gateways = _endpoints.Where(endpoint => endpoint.Gateways.Count > 0).ToArray();
        var first4 = gateways.FirstOrDefault(endpoint => endpoint.IPAddress is not null);
        var first6 = gateways.FirstOrDefault(endpoint => endpoint.IPv6Address is not null);
        Route(first4, isIPv6: false);
        Route(first6, isIPv6: true);

        var hasNames = _endpoints.Any(endpoint => endpoint.Network != NetworkDefinition.DefaultName);
        if (hasNames && _nameServer is null)
            _nameServer = Namespace.Run(() => new NameServer(_loop, FindName, Servers));
        NetworkFiles.Write(_paths, _hostname, _settings, _endpoints, _nameServer is not null);

        var target = PortTarget.Of(_endpoints);
        if (target == _published)
            return;
        if (target.IsNone)
            _publisher.Withdraw();
        else if (_publisher.Ports.Count > 0)
            _publisher.Lead(target);
        else
            _publisher.Publish(_lastPorts.Count > 0 ? _lastPorts : _settings.Ports, target);
        // In no network that leads out they are nobody's; back in one, they have the numbers that they had.
        if (_publisher.Ports.Count > 0)
            _lastPorts = _publisher.Ports;
        _published = target;
    }

    private void Route(ContainerEndpoint? endpoint, bool isIPv6)
    {
        if (endpoint?.Gateways.FirstOrDefault(gateway => gateway.Contains(':', StringComparison.Ordinal) == isIPv6) is not { } gateway
            || _inside.TryFind(endpoint.Interface) is not { } link)
            return;
        try
        {
            _inside.AddDefaultRoute(link, IPAddress.Parse(gateway));
        }
        catch (ErrnoException e) when (e.Errno == Errno.EEXIST)
        {
            // It has one, by the network that it was connected to first.
        }
    }

    private NameAnswer? FindName(string name, ushort type)
    {
        foreach (var endpoint in _endpoints.Where(endpoint => endpoint.Network != NetworkDefinition.DefaultName))
        {
            if (type == DnsMessage.Ptr)
            {
                if (DnsMessage.TryReadReverse(name) is { } address && _networks.FindName(endpoint.NetworkId, address.ToString()) is { } owner)
                    return new NameAnswer([(DnsMessage.Ptr, DnsMessage.Name($"{owner}.{endpoint.Network}"))]);
                continue;
            }
            var suffix = "." + endpoint.Network.ToLowerInvariant();
            var known = _networks.Find(endpoint.NetworkId, name);
            if (!known.Any() && name.EndsWith(suffix, StringComparison.Ordinal))
                known = _networks.Find(endpoint.NetworkId, name[..^suffix.Length]);
            var addresses = known.Select(IPAddress.Parse).Select(address => address.GetAddressBytes()).ToArray();
            if (addresses.Length == 0)
                continue;
            // Several that have one alias share the load.
            Random.Shared.Shuffle(addresses);
            return new NameAnswer([.. addresses.Select(bytes => (bytes.Length == 4 ? DnsMessage.A : DnsMessage.Aaaa, bytes)).Where(record => type == DnsMessage.Any || record.Item1 == type)]);
        }
        return null;
    }

    /// <summary>A container of internal networks alone can't make the host ask on its behalf either.</summary>
    private IReadOnlyList<IPAddress> Servers() =>
        _endpoints.All(endpoint => endpoint.Gateways.Count == 0) ? []
        : _settings.DnsServers.Count > 0 ? [.. _settings.DnsServers.Select(IPAddress.Parse)]
        : NetworkFiles.HostServers();
}
