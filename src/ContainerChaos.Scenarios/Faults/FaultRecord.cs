namespace ContainerChaos.Scenarios.Faults;

/// <summary>A fault in the ledger: what is being done to which container, and what undoes it.</summary>
public sealed record FaultRecord
{
    /// <summary>The identifier: a number that sorts by time, as the file is named.</summary>
    public required string Id { get; init; }

    /// <summary>What is done: <c>request /leak?mb=256</c>, <c>crash SIGKILL</c>.</summary>
    public required string Action { get; init; }

    /// <summary>The container's id.</summary>
    public required string ContainerId { get; init; }

    /// <summary>The container's name.</summary>
    public required string ContainerName { get; init; }

    /// <summary>What undoes it.</summary>
    public required string Undo { get; init; }

    /// <summary>When it was written, just before it was applied.</summary>
    public required DateTimeOffset AppliedAt { get; init; }

    /// <summary>The process that applied it.</summary>
    public required int Pid { get; init; }

    /// <summary>Start time of that process in clock ticks after boot: with the PID it names one process for good.</summary>
    public required ulong PidStartTime { get; init; }
}
