using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios;

/// <summary>Makes the rows of the table from the trials of a scenario.</summary>
internal static class RowBuilder
{
    internal static IEnumerable<ScenarioRow> Build(
        Scenario scenario, IReadOnlyList<ScenarioCell> cells, IReadOnlyList<TrialResult> trials, int seed)
    {
        foreach (ScenarioCell cell in cells)
        {
            TrialResult[] own = [.. trials.Where(t => t.Error is null && t.IsOf(scenario, cell)).OrderBy(t => t.Trial)];
            foreach (string label in scenario.Steps.Where(s => !s.IsBackground).Select(s => s.Label).Distinct())
            {
                StepResult[] steps = [.. own.SelectMany(t => t.Steps).Where(s => s.Label == label)];
                if (steps.Length > 0)
                {
                    // The hypothesis is looked at after the whole method, and the load has its thresholds until then, which makes both the last step's.
                    TrialResult[] ended = [.. own.Where(t => t.Steps is [.., var last] && last.Label == label)];
                    yield return Row(scenario, cell, label, steps, ended, seed);
                }
            }
        }
    }

    private static Verdict? AtTheEnd(TrialResult[] ended, int trials) =>
        Verdict.Of([.. ended.Select(t => t.After.FirstOrDefault(probe => !probe.Holds)).OfType<ProbeResult>()], trials)
        ?? Verdict.Of([.. ended.Select(t => t.Load?.Thresholds.FirstOrDefault(threshold => !threshold.IsKept)).OfType<ThresholdVerdict>()], trials);

    private static ScenarioRow Row(Scenario scenario, ScenarioCell cell, string label, StepResult[] steps, TrialResult[] ended, int seed)
    {
        Dictionary<string, Distribution> stages = Stages(steps, seed);
        int requests = steps.Sum(s => s.Requests);
        string exits = string.Join(", ", steps
            .Where(s => s.ExitCode is not null)
            .GroupBy(s => s.ExitCode!.Value)
            .OrderBy(g => g.Key)
            .Select(g => $"{g.Key}×{g.Count()}"));
        double[] recovery = [.. steps.Select(s => s.Recovery).OfType<TimeSpan>().Select(time => time.TotalMilliseconds)];
        Distribution firstSuccess = stages["firstSuccess"];
        double availability = steps.Average(s => s.Availability);
        long failed = steps.Sum(s => (long)s.Failed);
        ScenarioExpectation? expectation = scenario.Expectations.FirstOrDefault(e => e.Matches(cell, label));
        Verdict verdict = Verdict.Of(expectation, steps, firstSuccess);
        if (verdict.AsExpected && expectation?.Outcome != ExpectedOutcome.StaysDown)
            verdict = AtTheEnd(ended, steps.Length) ?? Verdict.Of(scenario.Objectives, firstSuccess, availability, failed) ?? verdict;
        return new ScenarioRow
        {
            Scenario = scenario.Name,
            Variant = cell.Variant?.Name,
            Policy = cell.Policy.ToString(),
            Init = cell.Init,
            Crash = label,
            N = steps.Length,
            Unrecovered = steps.Count(s => !s.Stamps.Recovered),
            Detected = Span(Known(stages["detected"])),
            BackOff = Span(Known(stages["backOff"])),
            Started = Span(Known(stages["started"])),
            FirstSuccessP50 = Span(firstSuccess.P50.Value),
            FirstSuccessP95 = Span(firstSuccess.P95.Value),
            MeanTimeToRecovery = Span(recovery.Length == 0 ? null : recovery.Average()),
            Availability = availability,
            FailedRequests = failed,
            DelayedRequests = steps.Sum(s => (long)s.Delayed),
            ExitCodes = exits,
            Verdict = verdict.Text,
            AsExpected = verdict.AsExpected,
            Stages = stages,
        };
    }

    // Every stage has a value or a null for each trial. The moments count from the fault; the three parts from the stage before.
    private static Dictionary<string, Distribution> Stages(StepResult[] steps, int seed)
    {
        var stages = new Dictionary<string, Distribution>(StringComparer.Ordinal);
        void Add(string name, Func<StepResult, double?> value) =>
            stages.Add(name, Bootstrap.Summarise([.. steps.Select(value)], seed));

        Add("firstFailure", s => Since(s.Stamps.Injected, s.Stamps.FirstFailure));
        Add("exitSeen", s => Since(s.Stamps.Injected, s.Stamps.ExitSeen));
        Add("detected", s => s.Stamps.Died is { } died ? Since(died, s.Stamps.ExitSeen) : null);
        Add("backOff", s => s.Stamps.ExitSeen is { } exit ? Since(exit, s.Stamps.BackOffEnds) : null);
        Add("started", s => (s.Stamps.BackOffEnds ?? s.Stamps.ExitSeen ?? s.Stamps.Injected) is var from ? Since(from, s.Stamps.Started) : null);
        Add("process", s => Since(s.Stamps.Injected, s.Stamps.Started));
        Add("healthy", s => Since(s.Stamps.Injected, s.Stamps.Healthy));
        Add("firstSuccess", s => s.Recovery?.TotalMilliseconds);
        Add("steady", s => Since(s.Stamps.Injected, s.Stamps.Steady));
        Add("act", s => s.ActTime?.TotalMilliseconds);
        return stages;
    }

    // The median of the trials that have the stage at all: a policy that never fires has no back-off, which is not a slow one.
    private static double? Known(Distribution stage)
    {
        double[] known = [.. stage.Values.Where(v => v is not null).Select(v => v!.Value).Order()];
        return known.Length == 0 ? null : Bootstrap.Quantile(known, 0.5);
    }

    private static double? Since(long from, long? to) => to is { } moment ? Math.Max(0, moment - from) / 1e6 : null;

    private static TimeSpan? Span(double? milliseconds) => milliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : null;
}
