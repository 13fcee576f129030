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

    /// <summary>The domains that a name without a dot is looked for in, instead of the host's; a single <c>.</c> for none.</summary>
    public IReadOnlyList<string> DnsSearch { get; set; } = [];

    /// <summary>Options of the resolver, instead of the host's (resolv.conf(5)).</summary>
    public IReadOnlyList<string> DnsOptions { get; set; } = [];

    /// <summary>Further lines of <c>/etc/hosts</c>, as <c>name:address</c>; <c>host-gateway</c> is an address by which the host can be reached.</summary>
    public IReadOnlyList<string> ExtraHosts { get; set; } = [];

    /// <summary>The container's domain, which its own name in <c>/etc/hosts</c> is given with as well; null for none.</summary>
    public string? Domainname { get; set; }

    /// <summary>Whether it is in the host's network, so that what the host's files say holds for it too.</summary>
    public bool SharesHost { get; set; }
}
