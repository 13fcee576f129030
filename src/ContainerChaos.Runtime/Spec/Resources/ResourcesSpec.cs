namespace ContainerChaos.Runtime;

/// <summary>The limits of a container (runtime-spec, config-linux: Control groups).</summary>
public sealed record ResourcesSpec
{
    /// <summary>Which devices it may use; a later rule wins.</summary>
    public IReadOnlyList<DeviceRuleSpec> Devices { get; set => field = value ?? []; } = [];

    /// <summary>Memory.</summary>
    public MemorySpec? Memory { get; init; }

    /// <summary>CPU time.</summary>
    public CpuSpec? Cpu { get; init; }

    /// <summary>Processes and threads.</summary>
    public PidsSpec? Pids { get; init; }

    /// <summary>Block devices.</summary>
    public BlockIOSpec? BlockIO { get; init; }

    /// <summary>Huge pages.</summary>
    public IReadOnlyList<HugepageLimitSpec> HugepageLimits { get; set => field = value ?? []; } = [];

    /// <summary>Marks and priorities of its network traffic.</summary>
    public NetworkSpec? Network { get; init; }

    /// <summary>RDMA objects, by device.</summary>
    public IReadOnlyDictionary<string, RdmaSpec>? Rdma { get; init; }

    /// <summary>Files of cgroup v2 and what is written to them.</summary>
    public IReadOnlyDictionary<string, string>? Unified { get; init; }
}
