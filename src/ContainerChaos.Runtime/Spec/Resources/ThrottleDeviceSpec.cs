using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>The most that is done with one block device in a second.</summary>
public sealed record ThrottleDeviceSpec
{
    /// <summary>The device's major number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long Major { get; init; }

    /// <summary>Its minor number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public long Minor { get; init; }

    /// <summary>Bytes or operations a second.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public ulong Rate { get; init; }
}
