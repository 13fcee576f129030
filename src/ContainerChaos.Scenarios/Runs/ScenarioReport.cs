using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>The result of a run: the table, and everything it was made from.</summary>
public sealed record ScenarioReport
{
    /// <summary>The version of the report's JSON.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>When the run began.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>How long it took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>The seed.</summary>
    public required int Seed { get; init; }

    /// <summary>Where it ran.</summary>
    public required RunEnvironment Environment { get; init; }

    /// <summary>The scenarios as they were run.</summary>
    public required IReadOnlyList<Scenario> Scenarios { get; init; }

    /// <summary>The table.</summary>
    public required IReadOnlyList<ScenarioRow> Rows { get; init; }

    /// <summary>Every trial, in the order they ended.</summary>
    public required IReadOnlyList<TrialResult> Trials { get; init; }

    /// <summary>Faults that are still in the ledger after the run: none, unless an undo failed.</summary>
    public required IReadOnlyList<FaultRecord> OpenFaults { get; init; }

    /// <summary>Faults that were applied and struck out.</summary>
    public required int FaultsUndone { get; init; }

    /// <summary>Whether every row is as expected and nothing is left in the ledger.</summary>
    public bool AsExpected => Rows.All(r => r.AsExpected) && OpenFaults.Count == 0 && Trials.All(t => t.Error is null);
}
