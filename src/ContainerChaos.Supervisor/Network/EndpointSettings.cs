namespace ContainerChaos.Supervisor;

/// <summary>That a container shall be in a network, and how.</summary>
public sealed record EndpointSettings
{
    /// <summary>The network's id.</summary>
    public required string NetworkId { get; init; }

    /// <summary>The network's name when the container was connected.</summary>
    public required string NetworkName { get; init; }

    /// <summary>Further names that the others of the network can reach it by.</summary>
    public IReadOnlyList<string> Aliases { get; set; } = [];

    /// <summary>The address of version 4 that it must have; null for any.</summary>
    public string? IPAddress { get; init; }

    /// <summary>The address of version 6 that it must have; null for any.</summary>
    public string? IPv6Address { get; init; }

    /// <summary>The addresses that it had last, and gets again if nobody else has them by then.</summary>
    public IReadOnlyList<string> LastAddresses { get; set; } = [];
}
