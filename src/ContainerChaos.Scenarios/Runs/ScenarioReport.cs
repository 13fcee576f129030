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

    /// <summary>Where it ran; of a run on several machines the one that asked for it.</summary>
    public required RunEnvironment Environment { get; init; }

    /// <summary>The machines of a run on several, in the order they were named; none for a run on this one alone.</summary>
    public IReadOnlyList<HostRun> Hosts { get; init; } = [];

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

    /// <summary>Whether every row is as expected, nothing is left in the ledger, and each machine of several has given a result.</summary>
    public bool AsExpected => Rows.All(r => r.AsExpected) && OpenFaults.Count == 0 && Trials.All(t => t.Error is null) && Hosts.All(h => h.Problem is null);

    /// <summary>The parts that were measured on one machine each: this report, or one for every machine that gave a result.</summary>
    /// <returns>The reports.</returns>
    public IEnumerable<ScenarioReport> ByHost() => Hosts.Count == 0 ? [this]
        : Hosts.Where(host => host.Environment is not null).Select(host => this with
        {
            StartedAt = host.StartedAt ?? StartedAt,
            Duration = host.Duration ?? Duration,
            Environment = host.Environment!,
            Hosts = [host],
            Scenarios = Scenarios.Where(scenario => Trials.Any(trial => trial.Host == host.Host && trial.Scenario == scenario.Name)).ToArray(),
            Rows = Rows.Where(row => row.Host == host.Host).ToArray(),
            Trials = Trials.Where(trial => trial.Host == host.Host).ToArray(),
            OpenFaults = host.OpenFaults,
            FaultsUndone = host.FaultsUndone,
        });
}
