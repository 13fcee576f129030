using System.Text.Json.Serialization;

namespace ContainerChaos.Supervisor;

/// <summary>The addresses of one version of IP that a network has.</summary>
public sealed record NetworkSubnet
{
    /// <summary>The network in CIDR notation: <c>172.18.0.0/16</c>.</summary>
    public required string Subnet { get; init; }

    /// <summary>The host's own address in it, the containers' default gateway.</summary>
    public required string Gateway { get; init; }

    /// <summary>The part that containers get addresses from, in CIDR notation; null for all of it.</summary>
    public string? IPRange { get; init; }

    /// <summary>Whether it is of version 6.</summary>
    [JsonIgnore]
    public bool IsIPv6 => Subnet.Contains(':', StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Subnet;
}
