using System.Globalization;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>
/// What a container may use, as it was asked for: part of <c>container.json</c>, so that all of it changes with one rename.
/// Everything in here can be changed while the container runs, but for the two that say otherwise.
/// </summary>
/// <remarks>Names and meaning are those of Docker's options; null is "no limit", or the kernel's default.</remarks>
public sealed record ContainerLimits
{
    /// <summary>Memory in bytes.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>
    /// Memory and swap together in bytes, -1 for as much swap as there is. Null with a memory limit is the same number as that: nothing is
    /// swapped, so that an overrun is an OOM kill and not a slow container.
    /// </summary>
    public long? MemorySwapBytes { get; init; }

    /// <summary>What the container is pushed back to when the host is short of memory, in bytes.</summary>
    public long? MemoryReservationBytes { get; init; }

    /// <summary>How readily its pages are swapped, 0 to 100; version 1 only, and only from a start on.</summary>
    public int? MemorySwappiness { get; init; }

    /// <summary>Whether a process that finds no memory waits instead of being killed; version 1 only, and only from a start on.</summary>
    public bool OomKillDisable { get; init; }

    /// <summary>How many processors' worth of time; not together with a quota or a period.</summary>
    public double? Cpus { get; init; }

    /// <summary>Its share beside others when all want the processors, 2 to 262144; 1024 is everybody's.</summary>
    public long? CpuShares { get; init; }

    /// <summary>The period of the quota in microseconds, 1000 to 1000000.</summary>
    public long? CpuPeriod { get; init; }

    /// <summary>The processor time in each period in microseconds.</summary>
    public long? CpuQuota { get; init; }

    /// <summary>The period of the real-time share in microseconds; version 1 only.</summary>
    public long? CpuRtPeriod { get; init; }

    /// <summary>How long real-time processes may run in each such period, in microseconds; version 1 only.</summary>
    public long? CpuRtRuntime { get; init; }

    /// <summary>The processors it may run on, <c>0-2,4</c>.</summary>
    public string? CpusetCpus { get; init; }

    /// <summary>The memory nodes it may use, <c>0-1</c>.</summary>
    public string? CpusetMems { get; init; }

    /// <summary>Its share of block devices beside others, 10 to 1000, where the device has a scheduler with weights.</summary>
    public int? BlkioWeight { get; init; }

    /// <summary>Processes and threads.</summary>
    public int? PidsLimit { get; init; }

    /// <summary>The limits in the words of the runtime-spec, in the place of those that resources have; what else they have stays.</summary>
    /// <param name="resources">Rules and rates of devices.</param>
    public ResourcesSpec ApplyTo(ResourcesSpec resources)
    {
        ArgumentNullException.ThrowIfNull(resources);
        var period = Cpus is not null && CpuPeriod is null ? DefaultPeriod : CpuPeriod;
        var memory = new MemorySpec
        {
            Limit = MemoryBytes,
            Swap = MemorySwapBytes ?? MemoryBytes,
            Reservation = MemoryReservationBytes,
            Swappiness = (ulong?)MemorySwappiness,
            DisableOOMKiller = OomKillDisable ? true : null,
        };
        var cpu = new CpuSpec
        {
            Shares = (ulong?)CpuShares,
            Quota = Cpus is { } cpus ? (long)Math.Round(cpus * DefaultPeriod) : CpuQuota,
            Period = (ulong?)period,
            RealtimePeriod = (ulong?)CpuRtPeriod,
            RealtimeRuntime = CpuRtRuntime,
            Cpus = CpusetCpus,
            Mems = CpusetMems,
        };
        var io = (resources.BlockIO ?? new BlockIOSpec()) with { Weight = (ushort?)BlkioWeight };
        return resources with
        {
            Memory = memory == new MemorySpec() ? null : memory,
            Cpu = cpu == new CpuSpec() ? null : cpu,
            Pids = PidsLimit is { } pids ? new PidsSpec { Limit = pids } : null,
            BlockIO = resources.BlockIO is null && BlkioWeight is null ? null : io,
        };
    }

    /// <summary>Those that there are, by the names of their options: <c>Memory 64 MB, Cpus 0.5, PidsLimit 100</c>; <c>none</c>.</summary>
    public override string ToString()
    {
        var texts = new List<string>();
        void Add(string name, object? value)
        {
            if (value is not null)
                texts.Add(string.Create(CultureInfo.InvariantCulture, $"{name} {value}"));
        }
        static string? Size(long? bytes) => bytes is { } size ? size < 0 ? "unlimited" : ByteSize.Format(size) : null;
        Add("Memory", Size(MemoryBytes));
        Add("MemorySwap", Size(MemorySwapBytes));
        Add("MemoryReservation", Size(MemoryReservationBytes));
        Add("MemorySwappiness", MemorySwappiness);
        if (OomKillDisable)
            texts.Add("OomKillDisable");
        Add("Cpus", Cpus);
        Add("CpuShares", CpuShares);
        Add("CpuPeriod", CpuPeriod);
        Add("CpuQuota", CpuQuota);
        Add("CpuRtPeriod", CpuRtPeriod);
        Add("CpuRtRuntime", CpuRtRuntime);
        Add("CpusetCpus", CpusetCpus);
        Add("CpusetMems", CpusetMems);
        Add("BlkioWeight", BlkioWeight);
        Add("PidsLimit", PidsLimit);
        return texts.Count > 0 ? string.Join(", ", texts) : "none";
    }

    /// <summary>The period that <see cref="Cpus"/> is counted in, in microseconds: the kernel's default and Docker's.</summary>
    private const long DefaultPeriod = 100_000;
}
