namespace ContainerChaos.Supervisor;

/// <summary>What a stop condition looks at.</summary>
public enum StopConditionKind
{
    /// <summary>The host's pressure stall information, <c>some avg10</c> (psi.rst).</summary>
    Pressure,

    /// <summary>MemAvailable of <c>/proc/meminfo</c>.</summary>
    Memory,

    /// <summary>The space that a file system has left for ordinary users (statfs(2)).</summary>
    Disk,

    /// <summary>A service that must answer.</summary>
    Probe,
}
