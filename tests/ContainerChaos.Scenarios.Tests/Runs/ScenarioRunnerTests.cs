using ContainerChaos.Engine;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Recovery;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Tests.Runs;

[Collection(nameof(TimingTests))]
public sealed class ScenarioRunnerTests : RunnerTest
{
    private const string Crash = """
        schema: 1
        name: crash
        title: A crash
        description: PID 1 is killed from outside, twice.
        target:
          command: [serve]
          restart-delay: 50ms
        load: { path: /healthz, rate: 200 }
        matrix:
          policies: ["no", always]
          init: [false, true]
        trials: 1
        concurrency: 2
        steps:
          - { action: crash, repeat: 2 }
        expect:
          - { policies: ["no"], outcome: stays-down, exit-code: 137 }
          - { outcome: recovers, exit-code: 137 }
        """;

    [Fact]
    public void A_crash_leaves_the_policy_armed_and_every_stage_is_seen_in_its_order()
    {
        ScenarioReport report = Run(Crash);
        Assert.All(report.Trials, t => Assert.Null(t.Error));
        Assert.True(report.AsExpected, string.Join("; ", report.Rows.Select(r => $"{r.Policy} {r.Init} {r.Crash}: {r.Verdict}")));
        foreach (StepResult step in report.Trials.Where(t => t.Policy == "always").SelectMany(t => t.Steps))
        {
            RecoveryStamps s = step.Stamps;
            Assert.Equal(137, step.ExitCode);
            Assert.True(s.Injected <= s.Died && s.Injected <= s.ExitSeen);
            Assert.True(s.ExitSeen <= s.BackOffEnds && s.BackOffEnds <= s.Started && s.Started <= s.FirstSuccess && s.FirstSuccess <= s.Steady);
            Assert.InRange((s.BackOffEnds!.Value - s.ExitSeen!.Value) / 1e6, 50, 250);
        }

        Assert.Equal(["1st", "2nd"], report.Rows.Where(r => r is { Policy: "always", Init: false }).Select(r => r.Crash));
        Assert.Equal(["1st"], report.Rows.Where(r => r is { Policy: "no", Init: false }).Select(r => r.Crash));
        Assert.Empty(Engine.List());
        Assert.Empty(report.OpenFaults);
    }

    [Fact]
    public void An_objective_is_held_against_what_should_recover_and_not_against_what_should_stay_down()
    {
        ScenarioReport report = Run(Crash.Replace("trials: 1", "trials: 1\nobjectives: [\"recovery max < 1ms\"]").Replace("repeat: 2", "repeat: 1").Replace("init: [false, true]", "init: [false]"));
        Assert.Equal([("no", true), ("always", false)], report.Rows.Select(r => (r.Policy, r.AsExpected)));
        Assert.StartsWith("missed: recovery max < 1ms, seen ", report.Rows[1].Verdict);
    }

    [Fact]
    public void A_hypothesis_that_does_not_hold_before_fails_the_trial_and_one_that_does_not_hold_after_is_the_verdict()
    {
        string crash = Crash.Replace("repeat: 2", "repeat: 1").Replace("init: [false, true]", "init: [false]");
        ScenarioReport before = Run(crash.Replace("policies: [\"no\", always]", "policies: [always]") + "\nsteady: { probes: [{ name: brake, probe: metric, tolerances: [restarts > 0] }] }");
        Assert.Equal("not steady before: brake: restarts > 0, seen 0", Assert.Single(before.Trials).Error);
        Assert.False(before.AsExpected);

        ScenarioReport after = Run(crash + "\nsteady: { probes: [{ probe: http, path: /healthz }, { name: brake, probe: container, tolerances: [restarts = 0] }] }");
        Assert.All(after.Trials, t => Assert.Null(t.Error));
        // What stays down as it should has nothing to be steady.
        Assert.Equal([("no", true), ("always", false)], after.Rows.Select(r => (r.Policy, r.AsExpected)));
        Assert.Equal("not steady after, 1 of 1: brake: restarts = 0, seen 1", after.Rows[1].Verdict);
        Assert.Equal([true, false], after.Trials.Single(t => t.Policy == "always").After.Select(probe => probe.Holds));
    }

    [Fact]
    public void A_fault_that_does_nothing_fails_the_trial_and_not_the_policy()
    {
        ScenarioReport report = Run(Crash.Replace("{ action: crash, repeat: 2 }", "{ action: request, path: /no-such-endpoint, effect: exit }"));
        Assert.All(report.Trials, t => Assert.Contains("404", t.Error));
        Assert.Empty(report.Rows);
        Assert.False(report.AsExpected);
    }

    [Fact]
    public void Faults_are_actions_of_a_scenario_and_are_undone_when_they_end()
    {
        ScenarioReport report = Run(Crash
            .Replace("command: [serve]", "command: [serve]\n  memory: 48m").Replace("policies: [\"no\", always]\n  init: [false, true]", "policies: [always]\n  init: [false]")
            .Replace("{ action: crash, repeat: 2 }", "{ action: sigstop, duration: 600ms, label: stopped }\n  - { action: memory-overrun, effect: exit, duration: 5s, label: overrun }")
            .Replace("exit-code: 137 }", "}"));
        Assert.All(report.Trials, t => Assert.Null(t.Error));
        StepResult[] steps = [.. Assert.Single(report.Trials).Steps];
        Assert.Equal(["stopped", "overrun"], steps.Select(step => step.Label));
        Assert.True(steps[0].Failed > 0 && steps[0].Stamps.Recovered && steps[0].ExitCode is null, $"{steps[0]}");
        Assert.True(steps[1].OomKilled && steps[1].ExitCode == 137 && steps[1].Stamps.Recovered, $"{steps[1]}");
        Assert.False(Directory.Exists(Path.Combine(Root.RunRoot, "faults")));
    }

    [Fact]
    public void A_load_that_a_threshold_ends_ends_the_trial()
    {
        ScenarioReport report = Run(Crash
            .Replace("rate: 200 }", "rate: 200, thresholds: [failed < 20% over 100ms or abort] }")
            .Replace("restart-delay: 50ms", "restart-delay: 1s")
            .Replace("init: [false, true]", "init: [false]"));
        Assert.All(report.Trials, t => Assert.Contains("failed < 20% over 100ms or abort", t.Error));
        Assert.Empty(Engine.List());
    }

    [Fact]
    public void A_cancelled_run_leaves_no_container_no_folder_and_no_fault()
    {
        using var cancel = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(() => Run(Crash, new Canceller(cancel), cancel.Token));
        Assert.Empty(Engine.List());
        Assert.Empty(new FaultLedger(Root.RunRoot).List());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Root.RunRoot, "load")));
    }

    [Fact]
    public void What_a_killed_run_left_behind_is_removed_by_the_next_but_never_what_is_alive_or_protected()
    {
        string dead = "1:1";
        string Create(string name, string owner, bool isProtected) => Engine.Create(new ContainerCreateOptions
        {
            Name = name,
            Image = "target",
            Labels = new Dictionary<string, string>
            {
                [TrialNames.ScenarioLabel] = "crash",
                [TrialNames.OwnerLabel] = owner,
                ["containerchaos.protect"] = isProtected ? "true" : "false",
            },
        }).Id;
        string left = Create("left-behind", dead, isProtected: false);
        Create("protected", dead, isProtected: true);
        Create("alive", TrialNames.Owner, isProtected: false);
        var ledger = new FaultLedger(Root.RunRoot);
        Leftovers.Remove(Engine, ledger);
        Assert.Equal(["alive", "protected"], Engine.List().Select(c => c.Name).Order());
    }

    [Fact]
    public void Without_the_image_nothing_is_started()
    {
        var e = Assert.Throws<ContainerException>(() => Run(Crash.Replace("command: [serve]", "image: no-such-image")));
        Assert.Equal(ErrorReason.ImageNotFound, e.Reason);
    }

    private ScenarioReport Run(string yaml, IProgress<ScenarioProgress>? progress = null, CancellationToken cancellationToken = default) =>
        new ScenarioRunner(Engine).Run(
            [ScenarioFile.Parse(new StringReader(yaml), "test.yaml")], new RunOptions { Progress = progress }, cancellationToken);

    private sealed class Canceller(CancellationTokenSource source) : IProgress<ScenarioProgress>
    {
        public void Report(ScenarioProgress value) => source.Cancel();
    }
}
