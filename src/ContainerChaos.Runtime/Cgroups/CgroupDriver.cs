namespace ContainerChaos.Runtime;

/// <summary>Who makes a container's control group.</summary>
internal enum CgroupDriver
{
    /// <summary>The runtime, by directories.</summary>
    Cgroupfs,

    /// <summary>systemd, asked for a scope over D-Bus.</summary>
    Systemd,

    /// <summary>Nobody: the container stays in the group that it was started from.</summary>
    Disabled,
}
