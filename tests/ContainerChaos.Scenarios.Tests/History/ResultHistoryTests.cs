using ContainerChaos.Scenarios.Comparison;
using ContainerChaos.Scenarios.Tests.Comparison;
using ContainerChaos.Scenarios.Tests.Reports;

namespace ContainerChaos.Scenarios.Tests.History;

public sealed class ResultHistoryTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("cchistory").FullName;

    private ResultHistory History => new(Path.Combine(_directory, "data", "history.db"));

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_run_comes_back_as_it_was_with_its_number_its_moment_and_its_machine()
    {
        ScenarioReport report = MadeReport.Shared;
        Assert.Empty(History.Read());
        Assert.Equal(1, History.Add(report));
        IReadOnlyList<ChaosResult> results = History.Read();
        Assert.Equal(report.Rows.Count, results.Count);
        foreach (ScenarioRow row in report.Rows)
        {
            ChaosResult result = Assert.Single(results, r =>
                r.Scenario == row.Scenario && r.Variant == row.Variant && r.Policy == row.Policy && r.Init == row.Init && r.Crash == row.Crash);
            Assert.Equal((1, report.StartedAt, report.Seed, report.Environment), (result.Run, result.StartedAt, result.Seed, result.Environment));
            Assert.Equal((row.Verdict, row.Unrecovered, row.FirstSuccessP50, row.BackOff), (result.Verdict, result.Unrecovered, result.FirstSuccessP50, result.BackOff));
            Assert.Equal(row.Stages["firstSuccess"].Values, result.Stages["firstSuccess"].Values);
            Assert.Null(result.Change);
        }
    }

    [Fact]
    public void The_change_is_that_from_the_run_before_also_when_only_the_last_is_asked_for()
    {
        ScenarioReport report = MadeReport.Shared;
        foreach (double factor in (double[])[1, 1.5, 1.2])
            History.Add(report with { Rows = [ResultComparisonTests.Row([100 * factor, 100 * factor])] });
        Assert.Equal([null, 0.5, -0.2], History.Read().Select(r => r.Change is { } c ? Math.Round(c, 9) : (double?)null));
        ChaosResult last = Assert.Single(History.Read(new ResultFilter { Last = 1 }));
        Assert.Equal((3, -0.2), (last.Run, Math.Round(last.Change!.Value, 9)));
    }

    [Fact]
    public void A_filter_takes_what_matches_in_all_of_its_parts()
    {
        ScenarioReport report = MadeReport.Shared;
        History.Add(report);
        History.Add(report with { StartedAt = report.StartedAt.AddDays(1) });
        IReadOnlyList<ChaosResult> found = History.Read(new ResultFilter
        {
            Scenario = name => name == "memory-overrun",
            Policies = ["always"],
            Init = false,
            Crashes = ["2nd"],
            Since = report.StartedAt.AddHours(1),
        });
        Assert.NotEmpty(found);
        Assert.All(found, r => Assert.Equal(("memory-overrun", "always", false, "2nd", 2L), (r.Scenario, r.Policy, r.Init, r.Crash, r.Run)));
        Assert.All(History.Read(new ResultFilter { Runs = [1] }), r => Assert.Equal(1, r.Run));
    }

    [Fact]
    public void Results_of_two_runs_can_be_compared_and_say_which_they_are_of()
    {
        ScenarioReport report = MadeReport.Shared;
        History.Add(report with { Rows = [ResultComparisonTests.Row([100, 101, 102, 103])] });
        History.Add(report with { Rows = [ResultComparisonTests.Row([200, 201, 202, 203])] });
        IReadOnlyList<ChaosResult> both = History.Read();
        ChaosComparison comparison = ResultComparison.Compare(both[0], both[1]);
        Assert.Equal(("always, no init, run 1", "always, no init, run 2", ComparisonVerdict.Slower), (comparison.Reference, comparison.Difference, comparison.Verdict));
    }

    [Fact]
    public void Runs_that_end_at_the_same_time_are_all_recorded()
    {
        ScenarioReport report = MadeReport.Shared with { Rows = [ResultComparisonTests.Row([100, 101])] };
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => History.Add(report));
        Assert.Equal(Enumerable.Range(1, 16).Select(i => (long)i), History.Read().Select(r => r.Run));
    }

    [Fact]
    public void A_file_that_is_no_history_is_named_and_left_as_it_is()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(History.Path)!);
        File.WriteAllText(History.Path, new string('x', 4096));
        Assert.Contains(History.Path, Assert.Throws<IOException>(() => History.Read()).Message, StringComparison.Ordinal);
        Assert.Contains("Move it away", Assert.Throws<IOException>(() => History.Add(MadeReport.Shared)).Message, StringComparison.Ordinal);
        Assert.Equal(new string('x', 4096), File.ReadAllText(History.Path));
    }
}
