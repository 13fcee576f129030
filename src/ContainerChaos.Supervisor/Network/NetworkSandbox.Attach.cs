using System.Net;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>One wire from a bridge into the container's namespace.</summary>
internal sealed partial class NetworkSandbox
{
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
        try
        {
            var bridge = HostBridge.Ensure(network, _networks);
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
            if (e is not ErrnoException errno)
                throw;
            throw new ContainerException(
                errno.Errno is Errno.EPERM or Errno.EACCES ? ErrorReason.PermissionDenied : ErrorReason.StartFailed,
                $"{_container.Name}: it can't be connected to the network '{network.Name}': {errno.Message}.", _container.Name, errno)
            {
                Remedy = errno.Errno is Errno.EPERM or Errno.EACCES ? "Run as root, or use the network none." : null,
            };
        }
    }

    private void Detach(string networkId)
    {
        if (_endpoints.Find(endpoint => endpoint.NetworkId == networkId) is not { } endpoint)
            return;
        _endpoints.Remove(endpoint);
        Detach(endpoint, _networks, _container.Id);
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
            File.WriteAllText(path, text);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A kernel without version 6, or /proc/sys read-only: nothing depends on it.
        }
    }
}
