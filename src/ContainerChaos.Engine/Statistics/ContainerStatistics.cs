namespace ContainerChaos.Engine;

/// <summary>What a running container uses, read off its control group and its network namespace.</summary>
public sealed record ContainerStatistics
{
    /// <summary>The container's name.</summary>
    public required string Name { get; init; }

    /// <summary>The container's id.</summary>
    public required string Id { get; init; }

    /// <summary>When it was read.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>The CPU time used in the interval before <see cref="Time"/>, 100 for one processor fully used.</summary>
    public double CpuPercent { get; init; }

    /// <summary>The CPU time used since the container was started, by ended processes too.</summary>
    public TimeSpan CpuTime { get; init; }

    /// <summary>In how many periods of its CPU limit the container was held back.</summary>
    public long ThrottledPeriods { get; init; }

    /// <summary>For how long altogether.</summary>
    public TimeSpan ThrottledTime { get; init; }

    /// <summary>The memory in use, without the page cache that the kernel can drop at once (inactive files), as Docker counts.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>The page cache that is charged to the container.</summary>
    public long CacheBytes { get; init; }

    /// <summary>The memory limit; null for none.</summary>
    public long? MemoryLimitBytes { get; init; }

    /// <summary><see cref="MemoryBytes"/> as a share of the limit; null without one.</summary>
    public double? MemoryPercent => MemoryLimitBytes is > 0 and var limit ? 100.0 * MemoryBytes / limit : null;

    /// <summary>How many processes of the container the OOM killer has ended.</summary>
    public long OomKills { get; init; }

    /// <summary>Processes and threads, zombies included.</summary>
    public long Pids { get; init; }

    /// <summary>The limit on them; null for none.</summary>
    public long? PidsLimit { get; init; }

    /// <summary>Bytes read from block devices.</summary>
    public long BlockReadBytes { get; init; }

    /// <summary>Bytes written to block devices.</summary>
    public long BlockWriteBytes { get; init; }

    /// <summary>Bytes received by the interfaces of the container, but for loopback; null when it is in the host's network.</summary>
    public long? NetworkReceivedBytes { get; init; }

    /// <summary>Bytes sent by them.</summary>
    public long? NetworkSentBytes { get; init; }

    /// <summary>The share of the last ten seconds in which something waited for a processor, in percent; null where the kernel does not tell (control groups of version 1).</summary>
    public double? CpuPressure { get; init; }

    /// <summary>The same for memory.</summary>
    public double? MemoryPressure { get; init; }

    /// <summary>The same for block devices.</summary>
    public double? IOPressure { get; init; }
}
