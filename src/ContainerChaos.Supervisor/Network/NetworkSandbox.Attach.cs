using System.Net;
using System.Net.NetworkInformation;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>One wire from a bridge into the container's namespace.</summary>
internal sealed partial class NetworkSandbox
{
    private const string WithoutTranslation =
        "This kernel has no nf_tables (CONFIG_NF_TABLES) or no address translation in it (CONFIG_NFT_NAT): what it sends leaves the host with its own address, so that nobody outside answers, and published ports are served by the proxy alone.";

    private const string WithoutForgetting =
        "This kernel's connection tracking can't be told to forget (CONFIG_NF_CT_NETLINK): who sends to a published UDP port all the time goes on to reach the container that had it before, until silent for as long as nf_conntrack_udp_timeout_stream says.";

    private bool _isUntranslated;

    private void Attach(EndpointSettings settings)
    {
        // Held shared, it keeps the network from being removed meanwhile.
        using var held = FileLock.TryShared(_networks.Lock(settings.NetworkId));
        if (held is null || _networks.TryRead(settings.NetworkId) is not { } network)
        {
            throw new ContainerException(ErrorReason.NetworkNotFound, $"{_container.Name}: the network '{settings.NetworkName}' that it is connected to has been removed.", settings.NetworkName)
            {
                Remedy = $"Disconnect it: Disconnect-Container {_container.Name} -Network {settings.NetworkName}",
            };
        }
        List<(IPAddress Address, NetworkSubnet Subnet)> addresses = [];
        var names = network.IsDefault ? [] : NamesOf(settings);
        // 48 bits of chance, of the end that has no fixed ones (RFC 9562, 5.4): nobody has to be asked whether it is free.
        var hostInterface = "ccv" + Guid.NewGuid().ToString("N")[^12..];
        using var routes = RouteSocket.Open();
        var device = "bridge";
        try
        {
            var bridge = HostBridge.Ensure(network, _networks, out var isTranslated);
            if (!isTranslated && !network.Internal)
                _isUntranslated = true;
            device = "veth";
            foreach (var subnet in network.Subnets)
            {
                var required = subnet.IsIPv6 ? settings.IPv6Address : settings.IPAddress;
                var last = settings.LastAddresses.FirstOrDefault(address => address.Contains(':', StringComparison.Ordinal) == subnet.IsIPv6);
                addresses.Add((_networks.Take(network, subnet, _container.Id, _container.Name, required, last), subnet));
            }
            var endpoint = new ContainerEndpoint
            {
                NetworkId = network.Id,
                Network = network.Name,
                Interface = NextInterface(),
                HostInterface = hostInterface,
                MacAddress = string.Join(':', HostBridge.AddressOf(addresses[0].Address).GetAddressBytes().Select(part => part.ToString("x2"))),
                Addresses = [.. addresses.Select(pair => $"{pair.Address}/{IPNetwork.Parse(pair.Subnet.Subnet).PrefixLength}")],
                Gateways = network.Internal ? [] : [.. addresses.Select(pair => pair.Subnet.Gateway)],
                Names = names,
            };
            routes.AddVeth(hostInterface, bridge, endpoint.Interface, Namespace, HostBridge.AddressOf(addresses[0].Address));
            var port = routes.TryFind(hostInterface)!;
            routes.SetHairpin(port);
            Namespace.Run(() => Configure(endpoint, addresses));
            routes.SetState(port, up: true);
            _networks.AddNames(network.Id, _container.Id, names, addresses.Select(pair => pair.Address.ToString()));
            _endpoints.Add(endpoint);
        }
        catch (Exception e)
        {
            routes.TryDelete(hostInterface);
            _networks.Release(network.Id, _container.Id, addresses.Select(pair => pair.Address.ToString()), names);
            throw e is ErrnoException errno ? Describe(network.Name, device, errno) : e;
        }
    }

    private ContainerException Describe(string network, string device, ErrnoException e)
    {
        var (reason, cause, remedy) = e.Errno switch
        {
            Errno.EPERM or Errno.EACCES => (ErrorReason.PermissionDenied, $"CAP_NET_ADMIN is missing ({e.Message})", "Run with CAP_NET_ADMIN, as root usually is, or use the network none or host."),
            Errno.EOPNOTSUPP or Errno.EPROTONOSUPPORT => (
                ErrorReason.NotSupported, $"this kernel makes no interfaces of the kind {device} (CONFIG_{device.ToUpperInvariant()}; {e.Message})", $"Load the module {device}, or use the network none or host."),
            _ => (ErrorReason.StartFailed, e.Message, (string?)null),
        };
        return new ContainerException(reason, $"{_container.Name}: it can't be connected to the network '{network}': {cause}.", _container.Name, e) { Remedy = remedy };
    }

    private void Detach(string networkId)
    {
        if (_endpoints.Find(endpoint => endpoint.NetworkId == networkId) is not { } endpoint)
            return;
        _endpoints.Remove(endpoint);
        Detach(endpoint, _networks, _container.Id);
    }

    /// <summary>
    /// Takes back what an endpoint has, whose namespace ends. The wire ends with it, which the kernel does when it comes to it and for all that ended meanwhile at
    /// once; to delete an interface waits for RCU grace periods, one after the other. Until then it has no address, and the bridge sends nothing there, so that
    /// whoever gets the address next does not notice.
    /// </summary>
    private void Leave(ContainerEndpoint endpoint)
    {
        try
        {
            var link = _inside.TryFind(endpoint.Interface) ?? throw new ErrnoException(Errno.ENODEV, "RTM_GETLINK", endpoint.Interface);
            foreach (var address in endpoint.Addresses)
                _inside.Remove(link, IPAddress.Parse(ContainerEndpoint.Plain(address)), ContainerEndpoint.PrefixLength(address));
            using var routes = RouteSocket.Open();
            if (routes.TryFind(endpoint.HostInterface) is { } port)
                routes.TryForget(port, PhysicalAddress.Parse(endpoint.MacAddress));
        }
        catch (ErrnoException)
        {
            // The container has changed its own interface.
            Detach(endpoint.NetworkId);
            return;
        }
        _endpoints.Remove(endpoint);
        _networks.Release(endpoint.NetworkId, _container.Id, endpoint.Addresses.Select(ContainerEndpoint.Plain), endpoint.Names);
    }

    /// <summary>Takes back what an endpoint has, whoever made it.</summary>
    internal static void Detach(ContainerEndpoint endpoint, NetworkDirectory networks, string containerId)
    {
        using var routes = RouteSocket.Open();
        routes.TryDelete(endpoint.HostInterface);
        networks.Release(endpoint.NetworkId, containerId, endpoint.Addresses.Select(ContainerEndpoint.Plain), endpoint.Names);
    }

    private void Configure(ContainerEndpoint endpoint, List<(IPAddress Address, NetworkSubnet Subnet)> addresses)
    {
        // A network without version 6 has none at all, not even link-local addresses that nobody expects.
        if (endpoint.IPv6Address is null)
            TryWrite($"/proc/sys/net/ipv6/conf/{endpoint.Interface}/disable_ipv6", "1");
        else
            TryWrite($"/proc/sys/net/ipv6/conf/{endpoint.Interface}/accept_ra", "0");
        var link = _inside.TryFind(endpoint.Interface)!;
        foreach (var (address, subnet) in addresses)
            _inside.Add(link, address, IPNetwork.Parse(subnet.Subnet).PrefixLength);
        _inside.SetState(link, up: true);
    }

    private string NextInterface()
    {
        for (var i = 0; ; i++)
        {
            if (_endpoints.TrueForAll(endpoint => endpoint.Interface != $"eth{i}"))
                return $"eth{i}";
        }
    }

    private string[] NamesOf(EndpointSettings settings) =>
        [.. settings.Aliases.Append(_container.Name).Append(_container.Id[..12]).Select(name => name.ToLowerInvariant()).Distinct()];

    private static void TryWrite(string path, string text)
    {
        try
        {
            using var file = FileDescriptor.Open(path, OpenFlags.O_WRONLY);
            file.Write(System.Text.Encoding.ASCII.GetBytes(text));
        }
        catch (ErrnoException)
        {
            // A kernel without version 6, or /proc/sys read-only: nothing depends on it.
        }
    }
}
