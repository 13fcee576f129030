using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>The priority of a process's I/O (ioprio_set(2)).</summary>
public sealed record IoPrioritySpec
{
    /// <summary>IOPRIO_CLASS_RT, IOPRIO_CLASS_BE or IOPRIO_CLASS_IDLE.</summary>
    public string Class { get; set => field = value ?? ""; } = "";

    /// <summary>0, the highest, to 7.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public int Priority { get; init; }
}
