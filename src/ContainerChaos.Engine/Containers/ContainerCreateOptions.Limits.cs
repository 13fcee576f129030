using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

// What the container may use beside the limits that can be changed later.
public sealed partial record ContainerCreateOptions
{
    /// <summary>How readily its pages are swapped, 0 to 100, on version 1 of the control groups; null or -1 for the host's.</summary>
    public int? MemorySwappiness { get; init; }

    /// <summary>Let a process that finds no memory wait instead of killing one, on version 1 of the control groups.</summary>
    public bool OomKillDisable { get; init; }

    /// <summary>Added to what the kernel judges its processes by when it has to kill one, -1000 to 1000; null for nothing.</summary>
    public int? OomScoreAdj { get; init; }

    /// <summary>How much it may read in a second: <c>/dev/sda:1mb</c>.</summary>
    public IReadOnlyList<string> DeviceReadBps { get; init; } = [];

    /// <summary>How much it may write in a second: <c>/dev/sda:1mb</c>.</summary>
    public IReadOnlyList<string> DeviceWriteBps { get; init; } = [];

    /// <summary>How often it may read in a second: <c>/dev/sda:100</c>.</summary>
    public IReadOnlyList<string> DeviceReadIops { get; init; } = [];

    /// <summary>How often it may write in a second: <c>/dev/sda:100</c>.</summary>
    public IReadOnlyList<string> DeviceWriteIops { get; init; } = [];

    /// <summary>Resource limits of its processes, <c>nofile=1024:2048</c>.</summary>
    public IReadOnlyList<string> Ulimits { get; init; } = [];

    /// <summary>The size of /dev/shm in bytes; null for 64 MB.</summary>
    public long? ShmSizeBytes { get; init; }

    /// <summary>Devices of the host, <c>/dev/x[:/dev/y[:rwm]]</c>.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary>Which devices it may use beside those, <c>c 42:* rwm</c>: it makes the nodes itself, by mknod(2).</summary>
    public IReadOnlyList<string> DeviceCgroupRules { get; init; } = [];

    /// <summary>Those that can be changed later.</summary>
    internal ContainerLimits Limits => ApplyTo(new ContainerLimits
    {
        MemorySwappiness = MemorySwappiness == -1 ? null : MemorySwappiness,
        OomKillDisable = OomKillDisable,
    });
}
