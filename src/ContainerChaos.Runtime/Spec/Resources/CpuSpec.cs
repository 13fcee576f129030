namespace ContainerChaos.Runtime;

/// <summary>CPU limits.</summary>
public sealed record CpuSpec
{
    /// <summary>The relative share, 2 to 262144.</summary>
    public ulong? Shares { get; init; }

    /// <summary>Microseconds a period; -1 for no limit.</summary>
    public long? Quota { get; init; }

    /// <summary>Microseconds that can be saved up for later.</summary>
    public ulong? Burst { get; init; }

    /// <summary>The period in microseconds.</summary>
    public ulong? Period { get; init; }

    /// <summary>Microseconds of real-time scheduling a period.</summary>
    public long? RealtimeRuntime { get; init; }

    /// <summary>That period in microseconds.</summary>
    public ulong? RealtimePeriod { get; init; }

    /// <summary>The CPUs it may use, as <c>0-3,7</c>.</summary>
    public string? Cpus { get; init; }

    /// <summary>The memory nodes it may use.</summary>
    public string? Mems { get; init; }

    /// <summary>1 runs it only when nothing else wants to (SCHED_IDLE).</summary>
    public long? Idle { get; init; }
}
