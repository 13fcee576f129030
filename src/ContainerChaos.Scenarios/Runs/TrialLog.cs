using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios;

/// <summary>What a trial did and saw so far: kept when it fails in the middle.</summary>
internal sealed class TrialLog(TrialSpec spec, Action<TrialSpec, string> report)
{
    private readonly long _origin = MonotonicClock.Now;

    internal List<StepResult> Steps { get; } = [];

    internal List<string> Warnings { get; } = [];

    internal IReadOnlyList<ProbeResult> Before { get; set; } = [];

    internal IReadOnlyList<ProbeResult> After { get; set; } = [];

    internal LoadResult? Load { get; set; }

    internal string? Error { get; private set; }

    /// <summary>Says what happens, to who follows the run.</summary>
    internal void Tell(string what) => report(spec, what);

    internal void Fail(string why)
    {
        Error = why;
        Tell("failed: " + why);
    }

    internal TrialResult ToResult() => new()
    {
        Scenario = spec.Scenario.Name,
        Variant = spec.Cell.Variant?.Name,
        Policy = spec.Cell.Policy.ToString(),
        Init = spec.Cell.Init,
        Trial = spec.Number,
        Container = spec.Name,
        Origin = _origin,
        Steps = Steps,
        Before = Before,
        After = After,
        Load = Load,
        Error = Error,
        Warnings = Warnings,
    };
}
