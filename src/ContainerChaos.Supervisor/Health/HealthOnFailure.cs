using System.Text.Json.Serialization;

namespace ContainerChaos.Supervisor;

/// <summary>What happens to a container that turns unhealthy, with the names of podman's <c>--health-on-failure</c>.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HealthOnFailure>))]
public enum HealthOnFailure
{
    /// <summary>Nothing; the state says so.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>SIGKILL for PID 1. It counts as a crash: the restart policy stays armed.</summary>
    [JsonStringEnumMemberName("kill")]
    Kill,

    /// <summary>It is stopped, with its grace period, and started again, whatever its restart policy.</summary>
    [JsonStringEnumMemberName("restart")]
    Restart,

    /// <summary>It is stopped, with its grace period, as by an operator: the restart policy is disarmed.</summary>
    [JsonStringEnumMemberName("stop")]
    Stop,
}
