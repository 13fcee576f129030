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

    /// <summary>
    /// The label or the number (from 1) of a step after whose acts one trial of one scenario is left as it is, see <see cref="TrialHold"/>; null for whole trials.
    /// Faults that last do so until they are undone.
    /// </summary>
    public string? StopAfter { get; init; }

    /// <summary>Who hears how far it is; null for nobody. Called from several threads.</summary>
    public IProgress<ScenarioProgress>? Progress { get; init; }
}
