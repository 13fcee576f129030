using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios.Tests.Runs;

/// <summary>The scenario that ships: a published service is replaced under load, and no request fails.</summary>
public sealed class RollingUpdateTests : RunnerTest
{
    [Fact]
    public void No_request_fails_through_the_proxy_or_the_kernel()
    {
        int trials = Environment.GetEnvironmentVariable("CONTAINERCHAOS_LONG") == "1" ? 20 : 1;
        ScenarioReport report = new ScenarioRunner(Engine).Run([ScenarioCatalog.Find("rolling-update")], new RunOptions { Trials = trials });
        Assert.All(report.Trials, t => Assert.Null(t.Error));
        Assert.True(report.AsExpected, string.Join("; ", report.Rows.Select(r => $"{r.Variant}: {r.Verdict}")) + string.Concat(report.Trials.SelectMany(Failures)));
        Assert.Equal([null, "from outside"], report.Rows.Select(r => r.Variant));
        foreach (TrialResult trial in report.Trials)
        {
            // From the first that is answered to the last: not only those of the step.
            Assert.True(!Failed(trial).Any(), string.Concat(report.Trials.SelectMany(Failures)));
            Assert.True(trial.Load!.Samples.Count > 300, $"{trial.Load.Samples.Count} requests");
            StepResult step = Assert.Single(trial.Steps);
            Assert.True(step.Stamps.Recovered);
            Assert.Equal(0, step.ExitCode);
        }

        Assert.Empty(Engine.List());
    }

    // A service that is still starting refuses, which is no failure of an update.
    private static IEnumerable<LoadSample> Failed(TrialResult trial) =>
        trial.Load!.Samples.OrderBy(sample => sample.Intended).SkipWhile(sample => !sample.Succeeded).Where(sample => !sample.Succeeded);

    // What failed in which way, and when, counted from the beginning of the update.
    private static IEnumerable<string> Failures(TrialResult trial) => Failed(trial).GroupBy(sample => sample.Outcome).Select(group =>
        $"\n{trial.Variant} {trial.Trial}: {group.Count()} of {trial.Load!.Samples.Count} {group.Key}, sent {Since(trial, group.Min(sample => sample.Sent))} to {Since(trial, group.Max(sample => sample.Sent))} ms"
        + $", due {Since(trial, group.Min(sample => sample.Intended))} to {Since(trial, group.Max(sample => sample.Intended))} ms; the update took {trial.Steps[0].ActTime?.TotalMilliseconds:0} ms");

    private static long Since(TrialResult trial, long moment) => (moment - trial.Steps[0].Stamps.Injected) / 1_000_000;
}
