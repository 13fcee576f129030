using System.Net;

namespace ContainerChaos.Supervisor;

/// <summary>The addresses that a container's published ports lead to; null where it has none.</summary>
internal readonly record struct PortTarget(IPAddress? IPv4, IPAddress? IPv6)
{
    internal bool IsNone => IPv4 is null && IPv6 is null;

    internal IEnumerable<IPAddress> Addresses => new[] { IPv4, IPv6 }.OfType<IPAddress>();

    /// <summary>Where one who comes by a version of IP is led: as with Docker's proxy, to the other version where the container has no other.</summary>
    internal IPEndPoint For(bool isIPv6, int port) => new((isIPv6 ? IPv6 ?? IPv4 : IPv4 ?? IPv6)!, port);

    /// <summary>That of a container: the addresses in the first networks that lead out.</summary>
    internal static PortTarget Of(IReadOnlyList<ContainerEndpoint> endpoints)
    {
        var outside = endpoints.Where(endpoint => endpoint.Gateways.Count > 0).ToArray();
        return new(
            Parse(outside.Select(endpoint => endpoint.IPAddress).FirstOrDefault(address => address is not null)),
            Parse(outside.Select(endpoint => endpoint.IPv6Address).FirstOrDefault(address => address is not null)));
    }

    private static IPAddress? Parse(string? address) => address is null ? null : IPAddress.Parse(address);
}
