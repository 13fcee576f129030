namespace ContainerChaos.Scenarios.Recovery;

/// <summary>How one stage of recovery was distributed over the trials, in milliseconds; censored trials are counted, never dropped.</summary>
public sealed record Distribution
{
    /// <summary>Trials, censored ones included.</summary>
    public required int Count { get; init; }

    /// <summary>Trials in which the stage was not reached before the watch ended.</summary>
    public required int Censored { get; init; }

    /// <summary>The mean of the trials that got there; null when none did.</summary>
    public double? Mean { get; init; }

    /// <summary>The smallest value.</summary>
    public double? Minimum { get; init; }

    /// <summary>The largest value; null when a trial never got there.</summary>
    public double? Maximum { get; init; }

    /// <summary>The median.</summary>
    public QuantileEstimate P50 { get; init; }

    /// <summary>The 90th percentile.</summary>
    public QuantileEstimate P90 { get; init; }

    /// <summary>The 95th percentile.</summary>
    public QuantileEstimate P95 { get; init; }

    /// <summary>The 99th percentile.</summary>
    public QuantileEstimate P99 { get; init; }

    /// <summary>The values in milliseconds in trial order, censored trials as null.</summary>
    public IReadOnlyList<double?> Values { get; init; } = [];
}
