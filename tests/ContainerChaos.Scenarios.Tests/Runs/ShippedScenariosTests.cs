using System.Collections.Concurrent;
using ContainerChaos.Engine;
using ContainerChaos.Supervisor;
using ContainerChaos.Testing;

namespace ContainerChaos.Scenarios.Tests.Runs;

/// <summary>Every scenario that ships, in a short form: one trial of each combination, of those of a game day (which runs in full elsewhere) one combination.</summary>
[Collection(nameof(TimingTests))]
public sealed class ShippedScenariosTests : IDisposable
{
    private readonly TestRoot _root = new();
    private readonly ContainerEngine _engine;

    public ShippedScenariosTests() => _engine = new ContainerEngine(new EngineOptions
    {
        DataRoot = _root.DataRoot,
        RunRoot = _root.RunRoot,
        CgroupParent = _root.CgroupParent,
        CcrunPath = TestRoot.CcrunPath,
        TargetPath = TestRoot.TargetPath,
        DefaultNetwork = "none",
    });

    public void Dispose()
    {
        foreach (Container container in _engine.List())
            _engine.Remove(container.Id, force: true);
        // Not recursive: an entry that is still there is a leak.
        foreach (string folder in (string[])["faults", "load"])
            if (Directory.Exists(Path.Combine(_root.RunRoot, folder)))
                Directory.Delete(Path.Combine(_root.RunRoot, folder));
        _root.Dispose();
    }

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
                ScenarioReport report = new ScenarioRunner(_engine).Run(
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
