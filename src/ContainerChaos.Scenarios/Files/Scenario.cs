using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>An experiment: a workload, a load, what is done to it, over which policies, and what should come of it.</summary>
public sealed record Scenario
{
    /// <summary>The name it is called by: lower-case words and dashes.</summary>
    public required string Name { get; init; }

    /// <summary>One line for people.</summary>
    public required string Title { get; init; }

    /// <summary>What it teaches.</summary>
    public required string Description { get; init; }

    /// <summary>Words to choose it by: <c>memory</c>, <c>policy</c>; lower-case words and dashes.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Where it was read from: a path, or <c>built-in</c>.</summary>
    public string Source { get; init; } = "built-in";

    /// <summary>The container that each trial creates.</summary>
    public required ScenarioTarget Target { get; init; }

    /// <summary>The requests that a user of the service sends.</summary>
    public required ScenarioLoad Load { get; init; }

    /// <summary>The health probe beside the load; null when the load is the probe.</summary>
    public ScenarioLoad? Health { get; init; }

    /// <summary>The method: what is done to the container, in order; each is watched until it is over before the next.</summary>
    public required IReadOnlyList<ScenarioStep> Steps { get; init; }

    /// <summary>What is done at the end of each trial, whatever happened.</summary>
    public IReadOnlyList<ScenarioAct> Rollbacks { get; init; } = [];

    /// <summary>What ends a trial before its time, and with it the scenario.</summary>
    public IReadOnlyList<ScenarioStop> Stop { get; init; } = [];

    /// <summary>The restart policies to compare.</summary>
    public required IReadOnlyList<RestartPolicy> Policies { get; init; }

    /// <summary>Without init, with init, or both.</summary>
    public required IReadOnlyList<bool> Init { get; init; }

    /// <summary>Further configurations of the same experiment, each over its own policies.</summary>
    public IReadOnlyList<ScenarioVariant> Variants { get; init; } = [];

    /// <summary>Trials of each combination.</summary>
    public int Trials { get; init; } = 5;

    /// <summary>Trials that may run at the same time: above 1 only where waiting, not work, makes up a trial.</summary>
    public int Concurrency { get; init; } = 1;

    /// <summary>What counts as steady again.</summary>
    public Recovery.SteadyStateOptions Steady { get; init; } = Recovery.SteadyStateOptions.Default;

    /// <summary>What has to hold before the method beside the load, and again after it: the rest of the steady-state hypothesis.</summary>
    public IReadOnlyList<ScenarioProbe> Probes { get; init; } = [];

    /// <summary>The stretch that availability is stated for, from the fault on.</summary>
    public TimeSpan Horizon { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What the service has promised its users; every row that should recover is held against each, see <see cref="ScenarioObjective"/>.</summary>
    public IReadOnlyList<Tolerance> Objectives { get; init; } = [];

    /// <summary>What should come of it; the first that matches counts.</summary>
    public IReadOnlyList<ScenarioExpectation> Expectations { get; init; } = [];

    /// <summary>The experiment of the Chaos Toolkit that it was read from, as JSON; null for a scenario of ours.</summary>
    public string? Experiment { get; init; }

    /// <summary>What stands in its file and is not acted on, with its places.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Every combination that is tried: the matrix, then the variants.</summary>
    /// <returns>Variant, policy and init of each.</returns>
    public IEnumerable<ScenarioCell> Cells()
    {
        foreach (RestartPolicy policy in Policies)
            foreach (bool init in Init)
                yield return new ScenarioCell(null, policy, init);
        foreach (ScenarioVariant variant in Variants)
            foreach (RestartPolicy policy in variant.Policies)
                foreach (bool init in variant.Init)
                    yield return new ScenarioCell(variant, policy, init);
    }
}
