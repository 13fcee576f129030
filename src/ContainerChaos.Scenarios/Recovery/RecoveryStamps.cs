namespace ContainerChaos.Scenarios.Recovery;

/// <summary>
/// The moments of one recovery, from outside the container and on one clock (CLOCK_MONOTONIC, nanoseconds).
/// Null means that it did not happen while the trial was watched.
/// </summary>
public sealed record RecoveryStamps
{
    /// <summary>Just before the fault was applied.</summary>
    public required long Injected { get; init; }

    /// <summary>The first request that failed after that was known to have failed.</summary>
    public long? FirstFailure { get; init; }

    /// <summary>PID 1 ended, as seen by a pidfd of the observer's own: independent of the runtime.</summary>
    public long? Died { get; init; }

    /// <summary>The runtime published the exit.</summary>
    public long? ExitSeen { get; init; }

    /// <summary>The back-off that the restart policy announced was over (its begin plus the announced delay).</summary>
    public long? BackOffEnds { get; init; }

    /// <summary>The runtime started PID 1 again.</summary>
    public long? Started { get; init; }

    /// <summary>The first health probe that succeeded afterwards.</summary>
    public long? Healthy { get; init; }

    /// <summary>The first request that was sent after the failure and succeeded.</summary>
    public long? FirstSuccess { get; init; }

    /// <summary>The begin of the first k consecutive windows inside the objective.</summary>
    public long? Steady { get; init; }

    /// <summary>Until when the trial was watched: the censoring time of what is null.</summary>
    public required long WatchedUntil { get; init; }

    /// <summary>Whether the service was steady again before the watch ended.</summary>
    public bool Recovered => Steady is not null;
}
