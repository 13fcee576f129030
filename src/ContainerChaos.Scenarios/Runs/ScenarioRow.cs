using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios;

/// <summary>What became of one step of one combination, over its trials: a row of the table.</summary>
public record ScenarioRow
{
    /// <summary>The machine of several that it was seen on; null for a run on this one alone.</summary>
    public string? Host { get; init; }

    /// <summary>The scenario.</summary>
    public required string Scenario { get; init; }

    /// <summary>The variant, or null for the scenario as it is.</summary>
    public string? Variant { get; init; }

    /// <summary>The restart policy.</summary>
    public required string Policy { get; init; }

    /// <summary>Whether PID 1 was the runtime's init.</summary>
    public required bool Init { get; init; }

    /// <summary>Which crash of the series, or which of an operator's acts: <c>1st</c>, <c>stop</c>, <c>–</c>.</summary>
    public required string Crash { get; init; }

    /// <summary>Trials.</summary>
    public required int N { get; init; }

    /// <summary>Trials that did not recover while they were watched.</summary>
    public required int Unrecovered { get; init; }

    /// <summary>Median time from PID 1's death, as a pidfd outside the runtime saw it, to the runtime's event.</summary>
    public TimeSpan? Detected { get; init; }

    /// <summary>Median time from the exit to the end of the announced back-off.</summary>
    public TimeSpan? BackOff { get; init; }

    /// <summary>Median time from the end of the back-off to the new PID 1.</summary>
    public TimeSpan? Started { get; init; }

    /// <summary>Median time from the fault to the first success; null when more than half of the trials never had one.</summary>
    public TimeSpan? FirstSuccessP50 { get; init; }

    /// <summary>95th percentile of the same.</summary>
    public TimeSpan? FirstSuccessP95 { get; init; }

    /// <summary>Mean time to recovery over the trials that recovered: one number among these, blind to those that did not.</summary>
    public TimeSpan? MeanTimeToRecovery { get; init; }

    /// <summary>Share of requests answered over the scenario's horizon after the fault, 0 to 1: measured while watched, extrapolated after.</summary>
    public required double Availability { get; init; }

    /// <summary>Requests that failed while watched, over all trials.</summary>
    public required long FailedRequests { get; init; }

    /// <summary>Requests that succeeded later than the objective while watched, over all trials.</summary>
    public required long DelayedRequests { get; init; }

    /// <summary>Exit codes seen, with how often: <c>137×5</c>; empty when nothing exited.</summary>
    public required string ExitCodes { get; init; }

    /// <summary>What it means.</summary>
    public required string Verdict { get; init; }

    /// <summary>Whether it came as the scenario expects.</summary>
    public required bool AsExpected { get; init; }

    /// <summary>The stages in full, by name: detected, backOff, started, healthy, firstFailure, firstSuccess, steady.</summary>
    public required IReadOnlyDictionary<string, Distribution> Stages { get; init; }
}
