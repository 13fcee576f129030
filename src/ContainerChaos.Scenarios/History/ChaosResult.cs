using System.Diagnostics.CodeAnalysis;

namespace ContainerChaos.Scenarios;

/// <summary>A row of a run that is over, as the history keeps it.</summary>
public sealed record ChaosResult : ScenarioRow
{
    [SetsRequiredMembers]
    internal ChaosResult(ScenarioRow row, RunEnvironment environment)
        : base(row) => Environment = environment;

    /// <summary>The run's number in its history, from 1.</summary>
    public long Run { get; init; }

    /// <summary>When the run began.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>The run's seed.</summary>
    public int Seed { get; init; }

    /// <summary>Where it ran.</summary>
    public RunEnvironment Environment { get; init; }

    /// <summary>
    /// How the median until the first success changed since the run before of the same combination: 0.1 is a tenth slower;
    /// null for the first, and where one of the two medians is unknown. Whether it means something says Compare-ChaosResult.
    /// </summary>
    public double? Change { get; init; }
}
