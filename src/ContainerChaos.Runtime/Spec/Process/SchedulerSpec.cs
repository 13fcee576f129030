namespace ContainerChaos.Runtime;

/// <summary>How a process's CPU time is scheduled (sched_setattr(2)).</summary>
public sealed record SchedulerSpec
{
    /// <summary>SCHED_OTHER, SCHED_BATCH, SCHED_IDLE, SCHED_FIFO, SCHED_RR, SCHED_ISO or SCHED_DEADLINE.</summary>
    public string Policy { get; set => field = value ?? ""; } = "";

    /// <summary>The nice value, -20 to 19, of SCHED_OTHER and SCHED_BATCH.</summary>
    public int Nice { get; init; }

    /// <summary>The static priority, 1 to 99, of SCHED_FIFO and SCHED_RR.</summary>
    public int Priority { get; init; }

    /// <summary>SCHED_FLAG_RESET_ON_FORK and the like.</summary>
    public IReadOnlyList<string> Flags { get; set => field = value ?? []; } = [];

    /// <summary>SCHED_DEADLINE: nanoseconds of CPU time in each period.</summary>
    public ulong? Runtime { get; init; }

    /// <summary>SCHED_DEADLINE: nanoseconds from the start of a period until it must have had them.</summary>
    public ulong? Deadline { get; init; }

    /// <summary>SCHED_DEADLINE: the period in nanoseconds.</summary>
    public ulong? Period { get; init; }
}
