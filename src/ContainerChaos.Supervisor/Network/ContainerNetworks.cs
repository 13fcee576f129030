namespace ContainerChaos.Supervisor;

/// <summary>
/// The networks that a container is in: <c>network.json</c> in its directory, written by the engine while the container is down and
/// by its monitor while it runs.
/// </summary>
public sealed record ContainerNetworks
{
    /// <summary>One for each network, in the order of connection.</summary>
    public IReadOnlyList<EndpointSettings> Endpoints { get; set; } = [];

    /// <summary>The published ports.</summary>
    public IReadOnlyList<PortMapping> Ports { get; set; } = [];

    /// <summary>The name servers that it shall use instead of the host's.</summary>
    public IReadOnlyList<string> DnsServers { get; set; } = [];

    /// <summary>Further lines of <c>/etc/hosts</c>, as <c>name:address</c>.</summary>
    public IReadOnlyList<string> ExtraHosts { get; set; } = [];
}
