using System.Collections.Concurrent;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Tests.Runs;

/// <summary>Every scenario that ships, in a short form: one trial of each combination, of those of a game day (which runs in full elsewhere) one combination.</summary>
[Collection(nameof(TimingTests))]
public sealed class ShippedScenariosTests : RunnerTest
{
    [Fact]
    public void Each_comes_out_as_its_file_says()
    {
        var unexpected = new ConcurrentQueue<string>();
        // A trial is mostly waiting. What needs a network of its own is RollingUpdateTests' matter.
        Parallel.ForEach(
            ScenarioCatalog.BuiltIn().Where(s => s.Target.Publish is null),
            new ParallelOptions { MaxDegreeOfParallelism = 3 },
            scenario =>
            {
                // How soon is said of a machine with nothing else to do.
                Scenario unhurried = scenario with { Expectations = [.. scenario.Expectations.Select(e => e with { Within = null })] };
                bool whole = !scenario.Tags.Contains(ScenarioCatalog.GameDayTag);
                ScenarioReport report = new ScenarioRunner(Engine).Run(
                    [unhurried], new RunOptions { Trials = 1, Policies = whole ? null : [RestartPolicy.Always], Init = whole ? null : false });
                foreach (TrialResult trial in report.Trials.Where(t => t.Error is not null))
                    unexpected.Enqueue($"{scenario.Name} {trial.Policy}: {trial.Error}");
                foreach (ScenarioRow row in report.Rows.Where(r => !r.AsExpected))
                    unexpected.Enqueue($"{scenario.Name} {row.Variant} {row.Policy} {row.Crash}: {row.Verdict}");
                if (report.OpenFaults.Count > 0)
                    unexpected.Enqueue($"{scenario.Name}: {report.OpenFaults[0]} is still in the ledger");
            });
        Assert.Empty(unexpected);
    }
}
