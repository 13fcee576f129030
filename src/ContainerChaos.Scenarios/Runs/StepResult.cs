using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios;

/// <summary>What one step of one trial did.</summary>
public sealed record StepResult
{
    /// <summary>The label of the step.</summary>
    public required string Label { get; init; }

    /// <summary>The moments of the recovery.</summary>
    public required RecoveryStamps Stamps { get; init; }

    /// <summary>The exit code of the PID 1 that the step ended; null when it ended none.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Whether the kernel's OOM killer took part.</summary>
    public bool OomKilled { get; init; }

    /// <summary>Requests due while it was watched.</summary>
    public required int Requests { get; init; }

    /// <summary>Of them, those that failed.</summary>
    public required int Failed { get; init; }

    /// <summary>Of them, those that succeeded later than the objective.</summary>
    public required int Delayed { get; init; }

    /// <summary>Share of requests answered over the horizon, 0 to 1.</summary>
    public required double Availability { get; init; }

    /// <summary>Zombies counted when the step was over; null when nothing ran any more.</summary>
    public int? Zombies { get; init; }

    /// <summary>How long an operator's act took, from the call to its return; null for faults.</summary>
    public TimeSpan? ActTime { get; init; }

    // A success in a trial that was never steady again is not a recovery.
    internal TimeSpan? Recovery =>
        Stamps is { Recovered: true, FirstSuccess: { } success } ? TimeSpan.FromMicroseconds(Math.Max(0, success - Stamps.Injected) / 1e3) : null;

    /// <summary>The recovery in one line: <c>1st: injected → first failure 3 ms → process 110 ms → success 118 ms</c>.</summary>
    /// <returns>The line.</returns>
    public override string ToString()
    {
        string Since(long? stamp) => stamp is { } s ? $"{Math.Max(0, s - Stamps.Injected) / 1e6:0} ms" : "–";
        string label = Label == "–" ? "" : Label + ": ";
        return Stamps.Recovered
            ? $"{label}injected → first failure {Since(Stamps.FirstFailure)} → process {Since(Stamps.Started)} → success {Since(Stamps.FirstSuccess)}"
            : $"{label}injected → first failure {Since(Stamps.FirstFailure)} → not recovered in {Since(Stamps.WatchedUntil)}";
    }
}
