using System.Text.Json.Serialization;

namespace ContainerChaos.Supervisor;

/// <summary>When a container whose PID 1 ended is started again, with Docker's four names.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RestartPolicyKind>))]
public enum RestartPolicyKind
{
    /// <summary>Never.</summary>
    [JsonStringEnumMemberName("no")]
    No,

    /// <summary>After a non-zero exit code, optionally a limited number of times.</summary>
    [JsonStringEnumMemberName("on-failure")]
    OnFailure,

    /// <summary>After every exit that no operator asked for.</summary>
    [JsonStringEnumMemberName("always")]
    Always,

    /// <summary>As <see cref="Always"/>; it differs after a reboot, when a stopped container stays stopped.</summary>
    [JsonStringEnumMemberName("unless-stopped")]
    UnlessStopped,
}
