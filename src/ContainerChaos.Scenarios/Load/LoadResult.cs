namespace ContainerChaos.Scenarios.Load;

/// <summary>What a load did and saw.</summary>
public sealed record LoadResult
{
    /// <summary>The arrivals that were scheduled.</summary>
    public required ArrivalSchedule Schedule { get; init; }

    /// <summary>Until when arrivals were sent: when the load was told to stop, or before the first that the generator was too late for then. Monotonic nanoseconds.</summary>
    public required long End { get; init; }

    /// <summary>Every request in order of completion; each arrival up to <see cref="End"/> has exactly one.</summary>
    public required IReadOnlyList<LoadSample> Samples { get; init; }

    /// <summary>Latencies of successes from the intended send time.</summary>
    public required LogLinearHistogram Corrected { get; init; }

    /// <summary>Latencies of successes from the actual send time: what coordinated omission would have shown.</summary>
    public required LogLinearHistogram Uncorrected { get; init; }

    /// <summary>How late the generator itself was: from the intended send time to the moment it turned to the request.</summary>
    public required LogLinearHistogram Lateness { get; init; }

    /// <summary>Requests that were never sent because too many were waiting.</summary>
    public required long Dropped { get; init; }

    /// <summary>The largest number of requests that waited for a connection at once.</summary>
    public required int PeakPending { get; init; }

    /// <summary>Connections that were opened.</summary>
    public required long Connections { get; init; }

    /// <summary>What was sent for the requests: as many as them without a client strategy, more with retries and hedges, fewer with an open circuit.</summary>
    public long Attempts { get; init; }

    /// <summary>What became of the thresholds, in their order.</summary>
    public IReadOnlyList<ThresholdVerdict> Thresholds { get; init; } = [];

    /// <summary>The threshold that ended the load; null when it was told to stop.</summary>
    public ThresholdVerdict? AbortedBy { get; init; }

    /// <summary>CPU time of the generator's thread.</summary>
    public required TimeSpan ProcessorTime { get; init; }

    /// <summary>Requests that succeeded.</summary>
    public long Succeeded => Corrected.Count;

    /// <summary>Requests that failed, in whatever way.</summary>
    public long Failed => Samples.Count - Succeeded;

    /// <summary>Success and failure in slots of 10 ms.</summary>
    /// <returns>The timeline.</returns>
    public LoadTimeline Timeline() => LoadTimeline.Of(Schedule.Start, Samples);
}
