using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios;

/// <summary>One trial: one fresh container, the steps done to it, and the load meanwhile.</summary>
public sealed record TrialResult
{
    /// <summary>The machine of several that it was run on, whose clock its moments are of; null for a run on this one alone.</summary>
    public string? Host { get; init; }

    /// <summary>The scenario.</summary>
    public required string Scenario { get; init; }

    /// <summary>The variant, or null.</summary>
    public string? Variant { get; init; }

    /// <summary>The restart policy.</summary>
    public required string Policy { get; init; }

    /// <summary>Whether PID 1 was the runtime's init.</summary>
    public required bool Init { get; init; }

    /// <summary>Its number in the combination, from 1.</summary>
    public required int Trial { get; init; }

    /// <summary>The container's name.</summary>
    public required string Container { get; init; }

    /// <summary>When the trial's clock began, monotonic nanoseconds: the zero of its timelines.</summary>
    public required long Origin { get; init; }

    /// <summary>The same moment by the clock of the host.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When all of it was over, monotonic nanoseconds.</summary>
    public long Ended { get; init; }

    /// <summary>What became of each step, in order; steps after a final end that need a running container are absent.</summary>
    public required IReadOnlyList<StepResult> Steps { get; init; }

    /// <summary>What was done, in order: the acts of the method and of its background, and the rollbacks.</summary>
    public IReadOnlyList<ActResult> Acts { get; init; } = [];

    /// <summary>What the probes of the hypothesis found before the method.</summary>
    public IReadOnlyList<ProbeResult> Before { get; init; } = [];

    /// <summary>What they found after it; none when the container was down then, or the trial failed.</summary>
    public IReadOnlyList<ProbeResult> After { get; init; } = [];

    /// <summary>The load of the whole trial; null when it failed before.</summary>
    public LoadResult? Load { get; init; }

    /// <summary>Why the trial itself failed (not the service): such a trial is reported, and never counted as one of the policy's.</summary>
    public string? Error { get; init; }

    /// <summary>The stop condition that ended it, and with it the scenario; null for none.</summary>
    public string? StoppedBy { get; init; }

    /// <summary>What is there, when it was left as it is; null for a whole trial, of which nothing is left.</summary>
    public TrialHold? Held { get; init; }

    /// <summary>What the container's start could not grant, see <see cref="Engine.Container.Warnings"/>.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Whether it belongs to a combination.</summary>
    internal bool IsOf(Scenario scenario, ScenarioCell cell) =>
        Scenario == scenario.Name && Variant == cell.Variant?.Name && Policy == cell.Policy.ToString() && Init == cell.Init;
}
