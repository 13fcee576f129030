using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

// What the container may use.
public sealed partial record ContainerCreateOptions
{
    /// <summary>The memory limit in bytes, at least 6 MB; null or 0 for none. Unless <see cref="MemorySwapBytes"/> says otherwise, there is no swap on top of it, so an overrun is an OOM kill.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Memory and swap together, in bytes; -1 for as much swap as there is, null or 0 for none on top of the memory limit.</summary>
    public long? MemorySwapBytes { get; init; }

    /// <summary>What it is pushed back to when the host is short of memory, in bytes; null or 0 for none.</summary>
    public long? MemoryReservationBytes { get; init; }

    /// <summary>How readily its pages are swapped, 0 to 100, on version 1 of the control groups; null or -1 for the host's.</summary>
    public int? MemorySwappiness { get; init; }

    /// <summary>Let a process that finds no memory wait instead of killing one, on version 1 of the control groups.</summary>
    public bool OomKillDisable { get; init; }

    /// <summary>Added to what the kernel judges its processes by when it has to kill one, -1000 to 1000; null for nothing.</summary>
    public int? OomScoreAdj { get; init; }

    /// <summary>How many CPUs' worth of time it may use, from 0.01 to the host's number; null or 0 for no limit.</summary>
    public double? Cpus { get; init; }

    /// <summary>Its share beside others when all want the processors, 2 to 262144; null or 0 for everybody's 1024.</summary>
    public long? CpuShares { get; init; }

    /// <summary>The period of <see cref="CpuQuota"/> in microseconds, 1000 to 1000000; null or 0 for 100000.</summary>
    public long? CpuPeriod { get; init; }

    /// <summary>The processor time in each period in microseconds, 1000 at least; null, 0 or -1 for no limit.</summary>
    public long? CpuQuota { get; init; }

    /// <summary>The processors it may run on, <c>0-2,4</c>; null for all.</summary>
    public string? CpusetCpus { get; init; }

    /// <summary>The memory nodes it may use; null for all.</summary>
    public string? CpusetMems { get; init; }

    /// <summary>Its share of block devices beside others, 10 to 1000; null or 0 for everybody's.</summary>
    public int? BlkioWeight { get; init; }

    /// <summary>How much it may read in a second: <c>/dev/sda:1mb</c>.</summary>
    public IReadOnlyList<string> DeviceReadBps { get; init; } = [];

    /// <summary>How much it may write in a second: <c>/dev/sda:1mb</c>.</summary>
    public IReadOnlyList<string> DeviceWriteBps { get; init; } = [];

    /// <summary>How often it may read in a second: <c>/dev/sda:100</c>.</summary>
    public IReadOnlyList<string> DeviceReadIops { get; init; } = [];

    /// <summary>How often it may write in a second: <c>/dev/sda:100</c>.</summary>
    public IReadOnlyList<string> DeviceWriteIops { get; init; } = [];

    /// <summary>How many tasks (processes and threads) may exist at once; null, 0 or -1 for no limit.</summary>
    public int? PidsLimit { get; init; }

    /// <summary>Resource limits of its processes, <c>nofile=1024:2048</c>.</summary>
    public IReadOnlyList<string> Ulimits { get; init; } = [];

    /// <summary>The size of /dev/shm in bytes; null for 64 MB.</summary>
    public long? ShmSizeBytes { get; init; }

    /// <summary>Devices of the host, <c>/dev/x[:/dev/y[:rwm]]</c>.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Which devices it may use beside those, <c>c 42:* rwm</c>: it makes the nodes itself, by mknod(2).</summary>
    public IReadOnlyList<string> DeviceCgroupRules { get; init; } = [];

    /// <summary>Those that can be changed later.</summary>
    internal ContainerLimits Limits => new()
    {
        MemoryBytes = NotZero(MemoryBytes),
        MemorySwapBytes = NotZero(MemorySwapBytes),
        MemoryReservationBytes = NotZero(MemoryReservationBytes),
        MemorySwappiness = MemorySwappiness == -1 ? null : MemorySwappiness,
        OomKillDisable = OomKillDisable,
        Cpus = Cpus == 0 ? null : Cpus,
        CpuShares = NotZero(CpuShares),
        CpuPeriod = NotZero(CpuPeriod),
        CpuQuota = NotZero(CpuQuota),
        CpusetCpus = CpusetCpus is "" ? null : CpusetCpus,
        CpusetMems = CpusetMems is "" ? null : CpusetMems,
        BlkioWeight = BlkioWeight == 0 ? null : BlkioWeight,
        PidsLimit = PidsLimit is 0 or -1 ? null : PidsLimit,
    };

    private static long? NotZero(long? value) => value == 0 ? null : value;
}
