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
}
