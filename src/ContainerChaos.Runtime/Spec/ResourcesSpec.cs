using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The limits of a container (runtime-spec, config-linux: Control groups).</summary>
public sealed record ResourcesSpec
{
    /// <summary>Memory.</summary>
    public MemorySpec? Memory { get; init; }

    /// <summary>CPU time.</summary>
    public CpuSpec? Cpu { get; init; }

    /// <summary>Processes and threads.</summary>
    public PidsSpec? Pids { get; init; }

    /// <summary>The same as a control group takes it.</summary>
    public CgroupLimits ToLimits() => new()
    {
        MemoryBytes = Memory?.Limit,
        MemoryAndSwapBytes = Memory?.Swap,
        CpuQuota = Cpu?.Quota,
        CpuPeriod = Cpu?.Period,
        CpuShares = Cpu?.Shares,
        Pids = Pids?.Limit,
    };
}
