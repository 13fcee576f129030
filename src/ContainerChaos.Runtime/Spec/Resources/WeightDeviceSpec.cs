using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>The relative share of one block device.</summary>
public sealed record WeightDeviceSpec
{
    /// <summary>The device's major number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long Major { get; init; }

    /// <summary>Its minor number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long Minor { get; init; }

    /// <summary>The relative share, 10 to 1000.</summary>
    public ushort? Weight { get; init; }

    /// <summary>The share of its own processes against the groups below.</summary>
    public ushort? LeafWeight { get; init; }
}
