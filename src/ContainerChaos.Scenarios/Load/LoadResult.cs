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

    /// <summary>How long arrivals were sent.</summary>
    public TimeSpan Duration => TimeSpan.FromMicroseconds(Math.Max(0, End - Schedule.Start) / 1e3);

    /// <summary>Requests that succeeded, a second.</summary>
    public double Throughput => Duration > TimeSpan.Zero ? Succeeded / Duration.TotalSeconds : 0;

    /// <summary>Median latency of successes from the intended send time; null without any.</summary>
    public TimeSpan? P50 => At(Corrected, 0.5);

    /// <summary>The 95th percentile of the same.</summary>
    public TimeSpan? P95 => At(Corrected, 0.95);

    /// <summary>The 99th percentile of the same.</summary>
    public TimeSpan? P99 => At(Corrected, 0.99);

    /// <summary>The longest of the same.</summary>
    public TimeSpan? Longest => At(Corrected, 1);

    /// <summary>The 99th percentile of latencies from the actual send time.</summary>
    public TimeSpan? UncorrectedP99 => At(Uncorrected, 0.99);

    /// <summary>The 99th percentile of the generator's own lateness.</summary>
    public TimeSpan? LatenessP99 => At(Lateness, 0.99);

    /// <summary>Success and failure in slots of 10 ms.</summary>
    /// <returns>The timeline.</returns>
    public LoadTimeline Timeline() => LoadTimeline.Of(Schedule.Start, Samples);

    private static TimeSpan? At(LogLinearHistogram histogram, double quantile) =>
        histogram.Count == 0 ? null : TimeSpan.FromMicroseconds(histogram.ValueAt(quantile) / 1e3);
}
