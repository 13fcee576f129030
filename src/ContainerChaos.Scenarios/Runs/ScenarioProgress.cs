using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>How far a run is.</summary>
public sealed record ScenarioProgress
{
    /// <summary>The scenario.</summary>
    public required string Scenario { get; init; }

    /// <summary>The variant, or null.</summary>
    public string? Variant { get; init; }

    /// <summary>The policy of the trial that reports.</summary>
    public required RestartPolicy Policy { get; init; }

    /// <summary>Whether that trial runs with init.</summary>
    public required bool Init { get; init; }

    /// <summary>The number of that trial in its combination, from 1.</summary>
    public required int Trial { get; init; }

    /// <summary>Trials of a combination.</summary>
    public required int Trials { get; init; }

    /// <summary>What just happened, in a few words: <c>1st: injected</c>, <c>1st: first success 117 ms</c>.</summary>
    public required string Stage { get; init; }

    /// <summary>Whether it is one of the small steps on the way, and not what came of a step or a trial.</summary>
    public bool IsDetail { get; init; }

    /// <summary>
    /// How long the last 24 trials took from the fault of their first step to the first success, in the order they ended, as bars from 0 to the longest:
    /// <c>▂▂▃▂█×</c>, where <c>×</c> did not recover. Empty before the first.
    /// </summary>
    public string Sparkline { get; init; } = "";

    /// <summary>Trials of the whole scenario that are done.</summary>
    public required int Completed { get; init; }

    /// <summary>Trials of the whole scenario.</summary>
    public required int Total { get; init; }

    /// <summary>Time since the run began.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary><c>always, no init, trial 14/20</c>.</summary>
    public string Position =>
        $"{(Variant is null ? "" : Variant + ", ")}{Policy}, {(Init ? "init" : "no init")}, trial {Trial}/{Trials}";
}
