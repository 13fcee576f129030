namespace ContainerChaos.Engine;

/// <summary>What a new network shall be. Only the name is required.</summary>
public sealed record NetworkCreateOptions
{
    /// <summary>The unique name, <c>[a-zA-Z0-9][a-zA-Z0-9_.-]+</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Its addresses in CIDR notation, one of each version at most; none for some that nobody on this host has.</summary>
    public IReadOnlyList<string> Subnets { get; init; } = [];

    /// <summary>The host's address in each subnet; none for the first one of each.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = [];

    /// <summary>The part of each subnet that containers get addresses from, in CIDR notation; none for all.</summary>
    public IReadOnlyList<string> IPRanges { get; init; } = [];

    /// <summary>Whether nothing outside can be reached from it, nor it from outside.</summary>
    public bool Internal { get; init; }

    /// <summary>Whether it has addresses of version 6 as well; implied by a subnet of that version.</summary>
    public bool IPv6 { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
