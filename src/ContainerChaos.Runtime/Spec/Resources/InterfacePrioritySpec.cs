using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>The priority of traffic on one interface.</summary>
public sealed record InterfacePrioritySpec
{
    /// <summary>The interface.</summary>
    public string Name { get; set => field = value ?? ""; } = "";

    /// <summary>The priority.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public uint Priority { get; init; }
}
