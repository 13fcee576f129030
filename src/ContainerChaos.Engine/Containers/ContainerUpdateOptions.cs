using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>What shall be different of a container. What is null stays as it is; 0, and an empty text, take a limit away.</summary>
public sealed record ContainerUpdateOptions
{
    /// <summary>See <see cref="ContainerCreateOptions.MemoryBytes"/>.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>See <see cref="ContainerCreateOptions.MemorySwapBytes"/>. Null where it was never given goes with the memory limit.</summary>
    public long? MemorySwapBytes { get; init; }

    /// <summary>See <see cref="ContainerCreateOptions.MemoryReservationBytes"/>.</summary>
    public long? MemoryReservationBytes { get; init; }

    /// <summary>See <see cref="ContainerCreateOptions.Cpus"/>. It takes the place of a quota and a period.</summary>
    public double? Cpus { get; init; }

    /// <summary>See <see cref="ContainerCreateOptions.CpuShares"/>.</summary>
    public long? CpuShares { get; init; }

    /// <summary>See <see cref="ContainerCreateOptions.CpuPeriod"/>.</summary>
    public long? CpuPeriod { get; init; }

    /// <summary>See <see cref="ContainerCreateOptions.CpuQuota"/>. It takes the place of <see cref="Cpus"/>.</summary>
    public long? CpuQuota { get; init; }

    /// <summary>See <see cref="ContainerCreateOptions.CpusetCpus"/>.</summary>
    public string? CpusetCpus { get; init; }

    /// <summary>See <see cref="ContainerCreateOptions.CpusetMems"/>.</summary>
    public string? CpusetMems { get; init; }

    /// <summary>See <see cref="ContainerCreateOptions.BlkioWeight"/>.</summary>
    public int? BlkioWeight { get; init; }

    /// <summary>See <see cref="ContainerCreateOptions.PidsLimit"/>.</summary>
    public int? PidsLimit { get; init; }

    /// <summary>When PID 1 is started again, from its next end on.</summary>
    public RestartPolicy? RestartPolicy { get; init; }

    /// <summary>How long before it is started again, from its next end on.</summary>
    public RestartDelay? RestartDelay { get; init; }

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
            CpusetCpus = CpusetCpus is { } cpuset ? cpuset.Length == 0 ? null : cpuset : limits.CpusetCpus,
            CpusetMems = CpusetMems is { } nodes ? nodes.Length == 0 ? null : nodes : limits.CpusetMems,
            BlkioWeight = (int?)Or(BlkioWeight, limits.BlkioWeight),
            PidsLimit = (int?)Or(PidsLimit, limits.PidsLimit, noLimit: -1),
        };
    }

    private static long? Or(long? given, long? before, long noLimit = 0) => given is { } value ? value == 0 || value == noLimit ? null : value : before;
}
