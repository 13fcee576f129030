namespace ContainerChaos.Engine;

/// <summary>How a container is connected to a network.</summary>
public sealed record NetworkConnectOptions
{
    /// <summary>Further names that the others of the network can reach it by.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The address of version 4 that it must have; null for any.</summary>
    public string? IPAddress { get; init; }

    /// <summary>The address of version 6 that it must have; null for any.</summary>
    public string? IPv6Address { get; init; }
}
