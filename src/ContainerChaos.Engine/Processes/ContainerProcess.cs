namespace ContainerChaos.Engine;

/// <summary>One process of a container, by both of its names: the host's PID and the container's.</summary>
public sealed record ContainerProcess
{
    /// <summary>The container's name.</summary>
    public required string Container { get; init; }

    /// <summary>The PID that the host knows it by.</summary>
    public required int HostPid { get; init; }

    /// <summary>The PID that the container knows it by; 1 is the one whose death ends the container.</summary>
    public required int Pid { get; init; }

    /// <summary>The parent's PID in the container; 0 when the parent is outside.</summary>
    public required int ParentPid { get; init; }

    /// <summary>What it is doing.</summary>
    public required ContainerProcessState State { get; init; }

    /// <summary>Resident memory in bytes; 0 for a zombie.</summary>
    public required long RssBytes { get; init; }

    /// <summary>Its command line, or <c>[name]</c> where there is none (a zombie, a kernel thread).</summary>
    public required string Command { get; init; }

    /// <summary>When it started, to the kernel's tick (10 ms).</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The user id that it runs as, on the host.</summary>
    public int UserId { get; init; }

    /// <summary>Who it runs as, by the container's own <c>/etc/passwd</c>; the user id in the container where that has no name for it.</summary>
    public string User { get; init; } = "";

    /// <summary>The processor time that it has used, in user and kernel mode together, to the kernel's tick (10 ms).</summary>
    public TimeSpan CpuTime { get; init; }

    /// <summary>Its controlling terminal in the container, such as <c>pts/0</c>; null for none.</summary>
    public string? Terminal { get; init; }

    /// <summary>The number of its threads; 0 for a reaped or dying process.</summary>
    public int Threads { get; init; }
}
