using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>A network as it stood when it was looked at: an immutable snapshot.</summary>
public sealed record ContainerNetwork
{
    /// <summary>The unique name.</summary>
    public required string Name { get; init; }

    /// <summary>The identifier: 64 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>How its containers are connected, by Docker's names: <c>bridge</c>, <c>host</c> for the host's own network, <c>null</c> for none at all.</summary>
    public string Driver { get; init; } = "bridge";

    /// <summary>Its addresses: of version 4, of version 6, or of both.</summary>
    public required IReadOnlyList<NetworkSubnet> Subnets { get; init; }

    /// <summary>Whether nothing outside can be reached from it, nor it from outside.</summary>
    public bool Internal { get; init; }

    /// <summary>Whether it has addresses of version 6.</summary>
    public bool IPv6 => Subnets.Any(subnet => subnet.IsIPv6);

    /// <summary>The labels.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary>When it was made; null for <c>host</c> and <c>none</c>.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    /// <summary>The bridge's interface on the host, which is made when the first container needs it; null where there is none.</summary>
    public string? Bridge { get; init; }

    /// <summary>The names of the running containers in it.</summary>
    public required IReadOnlyList<string> Containers { get; init; }

    /// <summary>Whether it always exists: <c>bridge</c>, <c>host</c> and <c>none</c>.</summary>
    public bool IsPredefined => Name is "bridge" or "host" or "none";

    /// <summary>The first 12 digits of the id, as lists show it.</summary>
    public string ShortId => Id[..12];

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>What is wrong with its files; null for nothing.</summary>
    public string? Warning { get; init; }
}
