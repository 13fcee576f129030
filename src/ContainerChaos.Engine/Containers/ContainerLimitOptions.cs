using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>The limits that can be changed while a container runs: given when it is made, and when it is updated.</summary>
/// <remarks>What is null stays as it is: for a new container the kernel's default. 0, and an empty text, take a limit away. Names and meaning are those of Docker's options.</remarks>
public abstract record ContainerLimitOptions
{
    // Nobody else's kind of container can be made.
    private protected ContainerLimitOptions()
    {
    }

    /// <summary>The memory limit in bytes, at least 6 MB. Unless <see cref="MemorySwapBytes"/> says otherwise, there is no swap on top of it, so an overrun is an OOM kill.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Memory and swap together, in bytes; -1 for as much swap as there is, null where it was never given or 0 for none on top of the memory limit.</summary>
    public long? MemorySwapBytes { get; init; }

    /// <summary>What it is pushed back to when the host is short of memory, in bytes.</summary>
    public long? MemoryReservationBytes { get; init; }

    /// <summary>How many CPUs' worth of time it may use, from 0.01 to the host's number. It takes the place of an earlier quota and period.</summary>
    public double? Cpus { get; init; }

    /// <summary>Its share beside others when all want the processors, 2 to 262144; everybody's is 1024.</summary>
    public long? CpuShares { get; init; }

    /// <summary>The period of <see cref="CpuQuota"/> in microseconds, 1000 to 1000000; 100000 by default.</summary>
    public long? CpuPeriod { get; init; }

    /// <summary>The processor time in each period in microseconds, 1000 at least; -1 for no limit. It takes the place of earlier <see cref="Cpus"/>.</summary>
    public long? CpuQuota { get; init; }

    /// <summary>The period of <see cref="CpuRtRuntime"/> in microseconds; 1000000 by default. Version 1 of the control groups only, with CONFIG_RT_GROUP_SCHED.</summary>
    public long? CpuRtPeriod { get; init; }

    /// <summary>How long its real-time processes may run in each period, in microseconds, at most that; by default it can have none. As <see cref="CpuRtPeriod"/>.</summary>
    public long? CpuRtRuntime { get; init; }

    /// <summary>The processors it may run on, <c>0-2,4</c>.</summary>
    public string? CpusetCpus { get; init; }

    /// <summary>The memory nodes it may use, <c>0-1</c>.</summary>
    public string? CpusetMems { get; init; }

    /// <summary>Its share of block devices beside others, 10 to 1000.</summary>
    public int? BlkioWeight { get; init; }

    /// <summary>How many tasks (processes and threads) may exist at once; -1 for no limit.</summary>
    public int? PidsLimit { get; init; }

    /// <summary>Limits with the changes.</summary>
    internal ContainerLimits ApplyTo(ContainerLimits limits)
    {
        if (Cpus is > 0)
            limits = limits with { CpuPeriod = null, CpuQuota = null };
        else if (CpuQuota is not null || CpuPeriod is not null)
            limits = limits with { Cpus = null };
        return limits with
        {
            MemoryBytes = Or(MemoryBytes, limits.MemoryBytes, noLimit: -1),
            MemorySwapBytes = Or(MemorySwapBytes, limits.MemorySwapBytes),
            MemoryReservationBytes = Or(MemoryReservationBytes, limits.MemoryReservationBytes, noLimit: -1),
            Cpus = Cpus is { } cpus ? cpus == 0 ? null : cpus : limits.Cpus,
            CpuShares = Or(CpuShares, limits.CpuShares),
            CpuPeriod = Or(CpuPeriod, limits.CpuPeriod),
            CpuQuota = Or(CpuQuota, limits.CpuQuota, noLimit: -1),
            CpuRtPeriod = Or(CpuRtPeriod, limits.CpuRtPeriod),
            CpuRtRuntime = Or(CpuRtRuntime, limits.CpuRtRuntime),
            CpusetCpus = CpusetCpus is { } cpuset ? cpuset.Length == 0 ? null : cpuset : limits.CpusetCpus,
            CpusetMems = CpusetMems is { } nodes ? nodes.Length == 0 ? null : nodes : limits.CpusetMems,
            BlkioWeight = (int?)Or(BlkioWeight, limits.BlkioWeight),
            PidsLimit = (int?)Or(PidsLimit, limits.PidsLimit, noLimit: -1),
        };
    }

    private static long? Or(long? given, long? before, long noLimit = 0) => given is { } value ? value == 0 || value == noLimit ? null : value : before;
}
