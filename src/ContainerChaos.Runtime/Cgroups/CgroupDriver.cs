using System.Text.Json.Serialization;

namespace ContainerChaos.Runtime;

/// <summary>Who makes a container's control group.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CgroupDriver>))]
internal enum CgroupDriver
{
    /// <summary>The runtime, by directories.</summary>
    [JsonStringEnumMemberName("cgroupfs")]
    Cgroupfs,

    /// <summary>systemd, asked for a scope over D-Bus.</summary>
    [JsonStringEnumMemberName("systemd")]
    Systemd,

    /// <summary>Nobody: the container stays in the group that it was started from.</summary>
    [JsonStringEnumMemberName("disabled")]
    Disabled,
}
