using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>The state of a container, with Docker's seven names.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ContainerStatus>))]
public enum ContainerStatus
{
    /// <summary>Defined on disk; no process was ever started.</summary>
    [JsonStringEnumMemberName("created")]
    Created,

    /// <summary>Its PID 1 is alive.</summary>
    [JsonStringEnumMemberName("running")]
    Running,

    /// <summary>Its PID 1 is alive and every process of it is frozen.</summary>
    [JsonStringEnumMemberName("paused")]
    Paused,

    /// <summary>PID 1 ended and the restart policy is about to start another one.</summary>
    [JsonStringEnumMemberName("restarting")]
    Restarting,

    /// <summary>It is being taken apart.</summary>
    [JsonStringEnumMemberName("removing")]
    Removing,

    /// <summary>PID 1 ended and will not be started again by the policy.</summary>
    [JsonStringEnumMemberName("exited")]
    Exited,

    /// <summary>It could not be taken apart completely and can only be removed.</summary>
    [JsonStringEnumMemberName("dead")]
    Dead,
}
