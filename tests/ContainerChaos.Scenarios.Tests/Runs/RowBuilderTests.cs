using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Tests.Reports;

namespace ContainerChaos.Scenarios.Tests.Runs;

public sealed class RowBuilderTests
{
    private readonly ScenarioReport _report = MadeReport.Create();

    [Fact]
    public void A_policy_that_never_fires_leaves_its_trials_unrecovered_and_its_verdict_as_expected()
    {
        ScenarioRow row = Row("memory-overrun", "no", "1st");
        Assert.Equal((5, 5), (row.N, row.Unrecovered));
        Assert.Null(row.FirstSuccessP50);
        Assert.Null(row.BackOff);
        Assert.NotNull(row.Detected);
        Assert.True(row.AsExpected);
        Assert.StartsWith("as expected", row.Verdict);
        Assert.InRange(row.Availability, 0, 0.02);
    }

    [Fact]
    public void Rows_are_kept_apart_by_crash_ordinal_and_the_later_ones_wait_longer()
    {
        ScenarioRow first = Row("memory-overrun", "always", "1st"), fourth = Row("memory-overrun", "always", "4th");
        Assert.InRange(first.BackOff!.Value.TotalMilliseconds, 100, 101);
        Assert.InRange(fourth.BackOff!.Value.TotalMilliseconds, 800, 801);
        Assert.True(fourth.FirstSuccessP50 > first.FirstSuccessP50);
        Assert.True(fourth.Availability < first.Availability);
        Assert.Equal("137×5", first.ExitCodes);
        Assert.Equal("slow: back-off", fourth.Verdict);
    }

    [Fact]
    public void A_storm_with_init_is_back_at_once_and_without_init_never()
    {
        ScenarioRow[] rows = [.. _report.Rows.Where(r => r.Scenario == "zombie-storm" && r.Policy == "always")];
        Assert.Equal(5, rows.Single(r => !r.Init).Unrecovered);
        ScenarioRow init = rows.Single(r => r.Init);
        Assert.Equal((0, TimeSpan.Zero, 1.0), (init.Unrecovered, init.FirstSuccessP50, init.Availability));
    }

    [Fact]
    public void A_result_that_contradicts_the_expectation_is_not_as_expected()
    {
        Scenario scenario = _report.Scenarios[0] with
        {
            Expectations = [new ScenarioExpectation { Outcome = ExpectedOutcome.Recovers, Within = TimeSpan.FromMilliseconds(200) }],
        };
        ScenarioRow[] rows = [.. RowBuilder.Build(scenario, [.. scenario.Cells()], _report.Trials, 1)];
        ScenarioRow no = rows.First(r => r.Policy == "no");
        Assert.False(no.AsExpected);
        Assert.Equal("unexpected: 5 of 5 did not recover", no.Verdict);
        ScenarioRow slow = rows.First(r => r.Policy == "always" && r.Crash == "3rd");
        Assert.StartsWith("too slow: median", slow.Verdict);
        Assert.False(slow.AsExpected);
    }

    [Fact]
    public void A_trial_that_failed_itself_is_not_held_against_the_policy()
    {
        TrialResult[] trials = [.. _report.Trials.Select(t => t.Trial == 1 ? t with { Error = "broken" } : t)];
        Scenario scenario = _report.Scenarios[0];
        Assert.All(RowBuilder.Build(scenario, [.. scenario.Cells()], trials, 1), r => Assert.Equal(4, r.N));
        Assert.False((_report with { Trials = trials }).AsExpected);
    }

    [Fact]
    public void A_threshold_that_the_load_did_not_keep_is_a_miss_of_the_last_step()
    {
        Scenario scenario = _report.Scenarios[0] with { Expectations = [] };
        var missed = new ThresholdVerdict(LoadThreshold.Parse("failed < 5%"), 0.125, IsKept: false);
        TrialResult[] trials = [.. _report.Trials.Where(t => t.Load is not null).Select(t => t.Trial == 1 ? t with { Load = t.Load! with { Thresholds = [missed] } } : t)];
        ScenarioRow[] rows = [.. RowBuilder.Build(scenario, [.. scenario.Cells()], trials, 1).Where(r => r.Variant is null && r.Policy == "always" && !r.Init)];
        Assert.Equal("not kept, 1 of 5: failed < 5%: 12.5 %", rows[^1].Verdict);
        Assert.False(rows[^1].AsExpected);
        Assert.All(rows[..^1], row => Assert.True(row.AsExpected, row.Verdict));
    }

    private ScenarioRow Row(string scenario, string policy, string crash) =>
        _report.Rows.Single(r => r.Scenario == scenario && r.Variant is null && r.Policy == policy && r.Crash == crash && !r.Init);
}
