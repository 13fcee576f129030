using System.Net;
using System.Net.NetworkInformation;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>A network's bridge on the host: the interface, the gateway's addresses, and the rules that let its containers out.</summary>
public static class HostBridge
{
    /// <summary>Makes what is not there. The bridge is set up last, so one that is up is complete.</summary>
    /// <param name="network">The network.</param>
    /// <param name="networks">Where networks are.</param>
    /// <param name="isTranslated">False where the kernel has no address translation (nf_tables): then nobody outside answers to what leaves the bridge.</param>
    /// <exception cref="ErrnoException">EPERM: without CAP_NET_ADMIN; EOPNOTSUPP: the kernel has no bridges.</exception>
    public static NetworkLink Ensure(NetworkDefinition network, NetworkDirectory networks, out bool isTranslated)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(networks);
        using var routes = RouteSocket.Open();
        using var firewall = HostFirewall.TryOpen(networks);
        if (routes.TryFind(network.Bridge) is { IsUp: true } ready)
        {
            isTranslated = firewall?.TryEnsure() ?? false;
            return ready;
        }
        // One makes it, the others wait.
        var folder = Directory.CreateDirectory(Path.Combine(networks.RunDirectory, network.Id)).FullName;
        using var making = FileLock.Exclusive(Path.Combine(folder, "lock"));
        if (routes.TryFind(network.Bridge) is { IsUp: true } made)
        {
            isTranslated = firewall?.TryEnsure() ?? false;
            return made;
        }
        if (routes.TryFind(network.Bridge) is null)
            routes.AddBridge(network.Bridge, AddressOf(IPAddress.Parse(network.Subnets[0].Gateway)));
        var bridge = routes.TryFind(network.Bridge)!;
        foreach (var subnet in network.Subnets)
            Tolerate(Errno.EEXIST, () => routes.Add(bridge, IPAddress.Parse(subnet.Gateway), IPNetwork.Parse(subnet.Subnet).PrefixLength));
        if (!network.Internal)
            Forward(network);
        isTranslated = firewall?.TryAddBridge(network) ?? false;
        routes.SetState(bridge, up: true);
        return bridge;
    }

    /// <summary>Takes it away.</summary>
    /// <param name="network">The network.</param>
    /// <param name="networks">Where networks are.</param>
    public static void Remove(NetworkDefinition network, NetworkDirectory networks)
    {
        ArgumentNullException.ThrowIfNull(network);
        using var routes = RouteSocket.Open();
        if (!routes.TryDelete(network.Bridge))
            return;
        using var firewall = HostFirewall.TryOpen(networks);
        firewall?.RemoveBridge(network);
    }

    /// <summary>A link-layer address of local use that follows from an IP address, as Docker's do: so one that moves to another container takes its neighbours' entries along.</summary>
    internal static PhysicalAddress AddressOf(IPAddress address) => new([0x02, 0x42, .. address.GetAddressBytes()[^4..]]);

    private static void Forward(NetworkDefinition network)
    {
        foreach (var subnet in network.Subnets)
        {
            var file = subnet.IsIPv6 ? "/proc/sys/net/ipv6/conf/all/forwarding" : "/proc/sys/net/ipv4/ip_forward";
            try
            {
                if (File.ReadAllText(file).Trim() != "1")
                    File.WriteAllText(file, "1");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ContainerException(ErrorReason.PermissionDenied, $"Network '{network.Name}': forwarding can't be enabled: {e.Message}", network.Name, e)
                {
                    Remedy = $"Write 1 to {file}, or make the network with -Internal.",
                };
            }
        }
    }

    private static void Tolerate(Errno errno, Action action)
    {
        try
        {
            action();
        }
        catch (ErrnoException e) when (e.Errno == errno)
        {
        }
    }
}
