namespace ContainerChaos.Linux;

/// <summary>The limits of a control group; null leaves the kernel's default.</summary>
public sealed record CgroupLimits
{
    /// <summary>Memory in bytes.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Memory and swap together in bytes, as the runtime-spec counts it; -1 for no limit.</summary>
    public long? MemoryAndSwapBytes { get; init; }

    /// <summary>CPU time in microseconds a period; -1 for no limit.</summary>
    public long? CpuQuota { get; init; }

    /// <summary>The period in microseconds.</summary>
    public ulong? CpuPeriod { get; init; }

    /// <summary>The relative share of CPU time, 2 to 262144 (version 1 scale).</summary>
    public ulong? CpuShares { get; init; }

    /// <summary>How many processes and threads; -1 for no limit.</summary>
    public long? Pids { get; init; }
}
