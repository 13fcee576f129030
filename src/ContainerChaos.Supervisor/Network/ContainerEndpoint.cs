using System.Text.Json.Serialization;

namespace ContainerChaos.Supervisor;

/// <summary>A running container's place in a network.</summary>
public sealed record ContainerEndpoint
{
    /// <summary>The network's id.</summary>
    public required string NetworkId { get; init; }

    /// <summary>The network's name.</summary>
    public required string Network { get; init; }

    /// <summary>The interface in the container.</summary>
    public required string Interface { get; init; }

    /// <summary>Its other end, the port of the host's bridge.</summary>
    public required string HostInterface { get; init; }

    /// <summary>The link-layer address.</summary>
    public required string MacAddress { get; init; }

    /// <summary>The addresses with the lengths of their prefixes, of version 4 before version 6.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>The gateways, one for each address; none in a network that is internal.</summary>
    public IReadOnlyList<string> Gateways { get; set; } = [];

    /// <summary>The names that the others of the network can reach it by.</summary>
    public IReadOnlyList<string> Names { get; set; } = [];

    /// <summary>The address of version 4; null when it has none.</summary>
    [JsonIgnore]
    public string? IPAddress => Addresses.Select(Plain).FirstOrDefault(address => !address.Contains(':', StringComparison.Ordinal));

    /// <summary>The address of version 6; null when it has none.</summary>
    [JsonIgnore]
    public string? IPv6Address => Addresses.Select(Plain).FirstOrDefault(address => address.Contains(':', StringComparison.Ordinal));

    /// <inheritdoc/>
    public override string ToString() => $"{Network} {string.Join(' ', Addresses)}";

    internal static string Plain(string address) => address.Split('/')[0];

    /// <summary>The length of its network's prefix.</summary>
    internal static int PrefixLength(string address) => int.Parse(address.AsSpan(address.IndexOf('/') + 1), System.Globalization.CultureInfo.InvariantCulture);
}
