using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>A range of user or group ids and what it is on the host (user_namespaces(7)).</summary>
public sealed record IdMappingSpec
{
    /// <summary>The first id in the container.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public uint ContainerID { get; init; }

    /// <summary>The first id on the host.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public uint HostID { get; init; }

    /// <summary>How many.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public uint Size { get; init; }
}
