using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>How scenarios are run.</summary>
public sealed record RunOptions
{
    /// <summary>Trials of each combination; null for what the scenario says.</summary>
    public int? Trials { get; init; }

    /// <summary>The seed of names, of the order of trials, and of the bootstrap; the report names it.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Only these policies; null for all of the scenario's.</summary>
    public IReadOnlyList<RestartPolicy>? Policies { get; init; }

    /// <summary>Only with init, or only without; null for what the scenario says.</summary>
    public bool? Init { get; init; }

    /// <summary>Who hears how far it is; null for nobody. Called from several threads.</summary>
    public IProgress<ScenarioProgress>? Progress { get; init; }
}
