namespace ContainerChaos.Runtime;

/// <summary>The command of a container, or one executed in it (runtime-spec, config: Process).</summary>
public sealed record ProcessSpec
{
    /// <summary>Whether it gets a terminal.</summary>
    public bool Terminal { get; init; }

    /// <summary>The terminal's size.</summary>
    public ConsoleSizeSpec? ConsoleSize { get; init; }

    /// <summary>Who runs it.</summary>
    public UserSpec User { get; set => field = value ?? new(); } = new();

    /// <summary>The command and its arguments.</summary>
    public IReadOnlyList<string> Args { get; set => field = value ?? []; } = [];

    /// <summary>Its environment, NAME=value each.</summary>
    public IReadOnlyList<string> Env { get; set => field = value ?? []; } = [];

    /// <summary>Its working directory, an absolute path in the container; required.</summary>
    public string Cwd { get; set => field = value ?? ""; } = "";

    /// <summary>Its capabilities; null gives none.</summary>
    public CapabilitiesSpec? Capabilities { get; init; }

    /// <summary>Its resource limits.</summary>
    public IReadOnlyList<RlimitSpec> Rlimits { get; set => field = value ?? []; } = [];

    /// <summary>Whether execve(2) can't give it privileges (prctl(2), PR_SET_NO_NEW_PRIVS).</summary>
    public bool NoNewPrivileges { get; init; }

    /// <summary>The AppArmor profile it is confined by.</summary>
    public string? ApparmorProfile { get; init; }

    /// <summary>Its badness in the eyes of the OOM killer, -1000 to 1000; null leaves the runtime's own.</summary>
    public int? OomScoreAdj { get; init; }

    /// <summary>How its CPU time is scheduled.</summary>
    public SchedulerSpec? Scheduler { get; init; }

    /// <summary>The SELinux context it runs in.</summary>
    public string? SelinuxLabel { get; init; }

    /// <summary>The priority of its I/O.</summary>
    public IoPrioritySpec? IoPriority { get; init; }

    /// <summary>The CPUs of a process that is executed in the container later.</summary>
    public CpuAffinitySpec? ExecCPUAffinity { get; init; }
}
