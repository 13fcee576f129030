using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios;

/// <summary>What a trial did and saw so far: kept when it fails in the middle.</summary>
internal sealed class TrialLog(TrialSpec spec, Action<TrialSpec, string, bool> report)
{
    private readonly long _origin = MonotonicClock.Now;
    private readonly DateTimeOffset _startedAt = DateTimeOffset.UtcNow;

    // What was done, as it ended. Acts that are done at the same time end at the same time.
    private readonly List<ActResult> _acts = [];
    private readonly List<string> _warnings = [];

    internal List<StepResult> Steps { get; } = [];

    internal IReadOnlyList<ProbeResult> Before { get; set; } = [];

    internal IReadOnlyList<ProbeResult> After { get; set; } = [];

    internal LoadResult? Load { get; set; }

    internal string? Error { get; private set; }

    internal string? StoppedBy { get; private set; }

    /// <summary>What it was left as, when it was stopped in the middle.</summary>
    internal TrialHold? Held { get; set; }

    internal void Add(ActResult act)
    {
        lock (_acts)
            _acts.Add(act);
    }

    internal void Warn(string warning)
    {
        lock (_warnings)
            _warnings.Add(warning);
    }

    /// <summary>Says what happens, to who follows every step of the run.</summary>
    internal void Tell(string what) => report(spec, what, true);

    /// <summary>Says what came of something, to who follows the run.</summary>
    internal void Conclude(string what) => report(spec, what, false);

    internal void Fail(string why)
    {
        Error = why;
        Conclude("failed: " + why);
    }

    internal void Stop(string condition)
    {
        StoppedBy = condition;
        Fail("stopped: " + condition);
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
        StartedAt = _startedAt,
        Ended = MonotonicClock.Now,
        Steps = Steps,
        Acts = [.. _acts.OrderBy(act => act.Began)],
        Before = Before,
        After = After,
        Load = Load,
        Error = Error,
        StoppedBy = StoppedBy,
        Held = Held,
        Warnings = _warnings,
    };
}
