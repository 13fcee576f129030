using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Recovery;
using ContainerChaos.Supervisor;
using ContainerChaos.Scenarios.Tests.Recovery;

namespace ContainerChaos.Scenarios.Tests.Reports;

/// <summary>A report of the shipped scenarios, computed by the real analysis from outages of known length.</summary>
internal static class MadeReport
{
    /// <summary>One for all tests that only read it.</summary>
    internal static ScenarioReport Shared { get; } = Create();

    internal static ScenarioReport Create(int seed = 1)
    {
        var random = new Random(seed);
        Scenario[] scenarios = [.. ScenarioCatalog.WithTag(ScenarioCatalog.BuiltIn(), [ScenarioCatalog.GameDayTag])];
        var trials = new List<TrialResult>();
        var rows = new List<ScenarioRow>();
        foreach (Scenario scenario in scenarios)
        {
            ScenarioCell[] cells = [.. scenario.Cells()];
            TrialResult[] own = [.. cells.SelectMany(cell => Enumerable.Range(1, 5).Select(n => Trial(scenario, cell, n, random)))];
            trials.AddRange(own);
            rows.AddRange(RowBuilder.Build(scenario, cells, own, seed));
        }

        return new ScenarioReport
        {
            StartedAt = new DateTimeOffset(2026, 11, 21, 12, 0, 0, TimeSpan.Zero),
            Duration = TimeSpan.FromSeconds(100),
            Seed = seed,
            Environment = RunEnvironment.Read(),
            Scenarios = scenarios,
            Rows = rows,
            Trials = trials,
            OpenFaults = [],
            FaultsUndone = trials.Sum(t => t.Steps.Count),
        };
    }

    private static TrialResult Trial(Scenario scenario, ScenarioCell cell, int number, Random random)
    {
        long origin = Observed.Origin;
        var schedule = new ArrivalSchedule(origin, scenario.Load.Rate);
        var outages = new List<(long Down, long Up)>();
        var steps = new List<(ScenarioStep Step, long Injected, long Until, List<ContainerEvent> Events)>();
        long clock = origin + 150_000_000;
        double backOff = 100;
        foreach (ScenarioStep step in scenario.Steps)
        {
            bool staysDown = scenario.Expectations.First(e => e.Matches(cell, step.Label)).Outcome == ExpectedOutcome.StaysDown;
            long injected = clock;
            long down = injected + (long)((5 + (random.NextDouble() * 30)) * 1e6);
            long up = staysDown ? long.MaxValue : down + (step.EffectIsExit ? (long)((backOff + 15 + (random.NextDouble() * 20)) * 1e6) : 0);
            var events = new List<ContainerEvent>();
            if (step.EffectIsExit)
            {
                events.Add(new("die", "x", default, down + 500_000, new Dictionary<string, string> { ["exitCode"] = "137", ["oomKilled"] = "true" }));
                if (!staysDown)
                {
                    events.Add(new("backoff", "x", default, down + 600_000, new Dictionary<string, string> { ["delayMs"] = backOff.ToString("0") }));
                    events.Add(new("start", "x", default, up - 3_000_000, new Dictionary<string, string>()));
                }
            }

            long until = (staysDown ? down + 300_000_000 : up + 130_000_000);
            outages.Add((down, up));
            steps.Add((step, injected, until, events));
            clock = until + 1_000_000;
            backOff *= 2;
            if (staysDown && step.Does(ScenarioAction.Request))
                break;
            if (staysDown)
                outages[^1] = (down, until);
        }

        var samples = new List<LoadSample>();
        for (long i = 0; schedule.TimeOf(i) < clock; i++)
        {
            long t = schedule.TimeOf(i);
            bool fails = outages.Any(o => t >= o.Down && t < o.Up);
            samples.Add(new(t, t + 10_000, t + (fails ? 100_000 : 1_200_000), fails ? RequestOutcome.Refused : RequestOutcome.Success, (short)(fails ? 0 : 200)));
        }

        LogLinearHistogram corrected = new(), uncorrected = new(), lateness = new();
        foreach (LoadSample s in samples)
        {
            lateness.Record(s.Sent - s.Intended);
            if (s.Succeeded)
            {
                corrected.Record(s.Latency);
                uncorrected.Record(s.ServiceTime);
            }
        }

        return new TrialResult
        {
            Scenario = scenario.Name,
            Variant = cell.Variant?.Name,
            Policy = cell.Policy.ToString(),
            Init = cell.Init,
            Trial = number,
            Container = $"made-{number}",
            Origin = origin,
            StartedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
            Steps = [.. steps.Select(s => Step(scenario, s.Step, s.Injected, s.Until, s.Events, schedule, samples))],
            Load = new LoadResult
            {
                Schedule = schedule,
                End = clock,
                Samples = samples,
                Corrected = corrected,
                Uncorrected = uncorrected,
                Lateness = lateness,
                Dropped = 0,
                PeakPending = 0,
                Connections = 1,
                ProcessorTime = TimeSpan.FromMilliseconds(20),
            },
        };
    }

    private static StepResult Step(
        Scenario scenario, ScenarioStep step, long injected, long until, List<ContainerEvent> events, ArrivalSchedule schedule, List<LoadSample> samples)
    {
        RecoveryStamps stamps = RecoveryAnalysis.Compute(new StepObservation
        {
            Injected = injected,
            WatchedUntil = until,
            Schedule = schedule,
            Samples = samples,
            Events = events,
            Died = events.Count > 0 ? events[0].MonotonicNanoseconds - 400_000 : null,
            EffectIsExit = step.EffectIsExit,
            Steady = scenario.Steady,
        });
        LoadSample[] seen = [.. samples.Where(s => s.Intended >= injected && s.Completed <= until)];
        int failed = seen.Count(s => !s.Succeeded);
        return new StepResult
        {
            Label = step.Label,
            Stamps = stamps,
            ExitCode = events.Count > 0 ? 137 : null,
            OomKilled = true,
            Requests = seen.Length,
            Failed = failed,
            Delayed = 0,
            Availability = Availability.Over(scenario.Horizon, schedule.Rate, seen.Length, failed, stamps),
        };
    }
}
