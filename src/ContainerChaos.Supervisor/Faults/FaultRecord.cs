namespace ContainerChaos.Supervisor;

/// <summary>
/// A fault in the ledger: what is done to which target, and what undoes it. Written before it is applied, deleted after it was undone.
/// </summary>
public sealed record FaultRecord
{
    /// <summary>The identifier: eight hexadecimal digits, as the file is named.</summary>
    public required string Id { get; init; }

    /// <summary>The fault's name: <c>freeze</c>, <c>memory-limit</c>.</summary>
    public required string Fault { get; init; }

    /// <summary>What it does, in kernel terms.</summary>
    public required string Effect { get; init; }

    /// <summary>What it is done to.</summary>
    public required FaultSubject Target { get; init; }

    /// <summary>When it was written, just before it was applied.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The deadline at which it is undone; null for a fault that is over at once.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The process that wants it: when that ends, the fault does.</summary>
    public required int Pid { get; init; }

    /// <summary>Start time of that process in clock ticks after boot: with the PID it names one process for good.</summary>
    public required ulong PidStartTime { get; init; }

    /// <summary>What applies it, in order.</summary>
    public IReadOnlyList<FaultStep> Apply { get; set; } = [];

    /// <summary>What undoes it, in order. Each step is done whether or not the one before succeeded, and may be done twice.</summary>
    public IReadOnlyList<FaultStep> Undo { get; set; } = [];

    /// <summary>Steps that are done in turn while it lasts.</summary>
    public IReadOnlyList<FaultStep> Cycle { get; set; } = [];

    /// <summary>The time between two of these.</summary>
    public TimeSpan CycleInterval { get; init; }

    /// <summary>How many of these are done each time.</summary>
    public int CycleCount { get; set; } = 1;

    /// <summary>The load that is made meanwhile; null for none.</summary>
    public InjectedLoad? Load { get; init; }

    /// <summary>What it is told when it asks for a name; null for what the name servers say. The table that leads it there is that of its undo.</summary>
    public FalseAnswers? Answers { get; init; }

    /// <summary>How late it gets answers then; null for at once. The table that leads its questions there is that of its undo.</summary>
    public SlowAnswers? Slow { get; init; }

    /// <summary>The bad network that its packets pass through then; null for none. The table that leads them there is that of its undo.</summary>
    public EmulatedNetwork? Network { get; init; }

    /// <summary>What else ends it.</summary>
    public IReadOnlyList<StopCondition> StopWhen { get; set; } = [];

    /// <summary>What it holds (files, limits): two faults that hold the same would undo each other wrongly.</summary>
    public IReadOnlyList<string> Holds { get; set; } = [];

    /// <summary>Why the last attempt to undo it failed; null when there was none.</summary>
    public string? Error { get; init; }
}
