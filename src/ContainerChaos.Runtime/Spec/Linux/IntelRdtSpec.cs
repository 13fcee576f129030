namespace ContainerChaos.Runtime;

/// <summary>Cache and memory bandwidth allocation (runtime-spec, config-linux: IntelRdt).</summary>
public sealed record IntelRdtSpec
{
    /// <summary>The class of service.</summary>
    public string? ClosID { get; init; }

    /// <summary>Lines for the resctrl file system's schemata file.</summary>
    public IReadOnlyList<string> Schemata { get; set => field = value ?? []; } = [];

    /// <summary>The L3 cache's line.</summary>
    public string? L3CacheSchema { get; init; }

    /// <summary>The memory bandwidth's line.</summary>
    public string? MemBwSchema { get; init; }

    /// <summary>Whether a monitoring group is made.</summary>
    public bool EnableMonitoring { get; init; }
}
