using System.Text.Json.Serialization;

namespace ContainerChaos.Supervisor;

/// <summary>A bridge network as it was made: written once as <c>network.json</c>, read by the engine and by every monitor of a container in it.</summary>
public sealed record NetworkDefinition
{
    /// <summary>The name of the network that containers are in when no other is named; it has no names, only addresses, as in Docker.</summary>
    public const string DefaultName = "bridge";

    /// <summary>The identifier: 64 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The unique name.</summary>
    public required string Name { get; init; }

    /// <summary>The bridge's interface on the host.</summary>
    public required string Bridge { get; init; }

    /// <summary>Its addresses: of version 4, of version 6, or of both.</summary>
    public required IReadOnlyList<NetworkSubnet> Subnets { get; init; }

    /// <summary>Whether nothing outside can be reached from it, nor it from outside.</summary>
    public bool Internal { get; init; }

    /// <summary>The labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Why this stands for a definition that can't be read; null for a real one.</summary>
    [JsonIgnore]
    public string? Damage { get; init; }

    /// <summary>Whether it is the one that always exists.</summary>
    [JsonIgnore]
    public bool IsDefault => Name == DefaultName;
}
