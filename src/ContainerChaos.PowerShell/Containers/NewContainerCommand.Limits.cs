using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

// What the container may use.
public partial class NewContainerCommand
{
    /// <summary>The memory limit: <c>64MB</c>, <c>'64m'</c> or bytes, 6 MB at least; 0 for none. An overrun is an OOM kill.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ByteSizeArgument]
    public long Memory { get; set; }

    /// <summary>Memory and swap together, so that <c>-Memory 64MB -MemorySwap 96MB</c> leaves 32 MB of swap; -1 for as much swap as there is. By default there is none on top of the memory (Docker gives as much again).</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ByteSizeArgument]
    public long MemorySwap { get; set; }

    /// <summary>What it is pushed back to when the host is short of memory: a size; 0 for none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ByteSizeArgument]
    public long MemoryReservation { get; set; }

    /// <summary>How readily its pages are swapped, 0 to 100, on version 1 of the control groups; -1 for as the host.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int MemorySwappiness { get; set; } = -1;

    /// <summary>Let a process that finds no memory wait for it instead of killing one, on version 1 of the control groups.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter OomKillDisable { get; set; }

    /// <summary>Added to what the kernel judges its processes by when the host has to kill one: -1000 for never to 1000 for first of all.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int? OomScoreAdj { get; set; }

    /// <summary>How many CPUs' worth of time it may use, such as 0.5; 0 for no limit.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public double Cpus { get; set; }

    /// <summary>Its share beside others when all want the processors, 2 to 262144; 1024 is everybody's.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long CpuShares { get; set; }

    /// <summary>The period of -CpuQuota in microseconds, 1000 to 1000000; 100000 by default.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long CpuPeriod { get; set; }

    /// <summary>The processor time that it may use in each period, in microseconds; -1 for no limit. -Cpus is the same as a number of processors.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long CpuQuota { get; set; }

    /// <summary>The period of -CpuRtRuntime in microseconds; 1000000 by default.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long CpuRtPeriod { get; set; }

    /// <summary>How long its real-time processes may run in each such period, in microseconds; by default it can have none. Version 1 of the control groups only.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public long CpuRtRuntime { get; set; }

    /// <summary>The processors that it may run on, <c>0-2,4</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? CpusetCpus { get; set; }

    /// <summary>The memory nodes that it may use, <c>0-1</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? CpusetMems { get; set; }

    /// <summary>Its share of block devices beside others, 10 to 1000, where the device has a scheduler with weights.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int BlkioWeight { get; set; }

    /// <summary>How much it may read from a block device in a second: <c>/dev/sda:1mb</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] DeviceReadBps { get; set; } = [];

    /// <summary>How much it may write to a block device in a second: <c>/dev/sda:1mb</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] DeviceWriteBps { get; set; } = [];

    /// <summary>How often it may read from a block device in a second: <c>/dev/sda:100</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] DeviceReadIops { get; set; } = [];

    /// <summary>How often it may write to a block device in a second: <c>/dev/sda:100</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] DeviceWriteIops { get; set; } = [];

    /// <summary>How many processes and threads may exist in it at once; 0 or -1 for no limit.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int PidsLimit { get; set; }

    /// <summary>Resource limits of its processes, soft and hard: <c>nofile=1024:2048</c>, <c>core=0</c>, <c>memlock=-1</c> for none.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ArgumentCompleter(typeof(UlimitCompleter))]
    public string[] Ulimit { get; set; } = [];

    /// <summary>The size of /dev/shm; 64 MB by default.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ByteSizeArgument]
    public long ShmSize { get; set; }

    /// <summary>Devices of the host, or a directory of them: <c>/dev/fuse</c>, <c>/dev/sdb:/dev/disk</c>, <c>/dev/sdb:/dev/disk:r</c> with letters for reading, writing and making nodes.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] Device { get; set; } = [];

    /// <summary>Devices that it may use by nodes that it makes itself: <c>'c 42:* rwm'</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] DeviceCgroupRule { get; set; } = [];

    private ContainerCreateOptions WithLimits(ContainerCreateOptions options) => options with
    {
        MemoryBytes = Memory,
        MemorySwapBytes = MemorySwap,
        MemoryReservationBytes = MemoryReservation,
        MemorySwappiness = MemorySwappiness,
        OomKillDisable = OomKillDisable,
        OomScoreAdj = OomScoreAdj,
        Cpus = Cpus,
        CpuShares = CpuShares,
        CpuPeriod = CpuPeriod,
        CpuQuota = CpuQuota,
        CpuRtPeriod = CpuRtPeriod,
        CpuRtRuntime = CpuRtRuntime,
        CpusetCpus = CpusetCpus,
        CpusetMems = CpusetMems,
        BlkioWeight = BlkioWeight,
        DeviceReadBps = DeviceReadBps,
        DeviceWriteBps = DeviceWriteBps,
        DeviceReadIops = DeviceReadIops,
        DeviceWriteIops = DeviceWriteIops,
        PidsLimit = PidsLimit,
        Ulimits = Ulimit,
        ShmSizeBytes = ShmSize == 0 ? null : ShmSize,
        Devices = Device,
        DeviceCgroupRules = DeviceCgroupRule,
    };
}
