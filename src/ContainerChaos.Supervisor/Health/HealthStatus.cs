using System.Text.Json.Serialization;

namespace ContainerChaos.Supervisor;

/// <summary>What a container's probes say of it, with Docker's names.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HealthStatus>))]
public enum HealthStatus
{
    /// <summary>No probe has succeeded since the start, and not too many have failed.</summary>
    [JsonStringEnumMemberName("starting")]
    Starting,

    /// <summary>The last probe succeeded, or fewer than the retries have failed since one did.</summary>
    [JsonStringEnumMemberName("healthy")]
    Healthy,

    /// <summary>As many probes in a row as there are retries have failed; or it is down, as Docker has it.</summary>
    [JsonStringEnumMemberName("unhealthy")]
    Unhealthy,
}
