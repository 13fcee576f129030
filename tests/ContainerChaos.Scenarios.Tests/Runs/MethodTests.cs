using System.Collections.Concurrent;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Tests.Runs;

/// <summary>Methods that are more than a list: at the same time, at their moments, drawn, in the background; rolled back, stopped, and cancelled in the middle of each.</summary>
[Collection(nameof(TimingTests))]
public sealed class MethodTests : RunnerTest
{
    private const string Head = """
        schema: 1
        name: method
        title: A method
        description: It is a tree.
        target: { command: [serve], restart-delay: 20ms, memory: 48m }
        load: { path: /healthz, rate: 100, timeout: 2s }
        steady: { latency: 1s }
        matrix: { policies: [always], init: [false] }
        trials: 1

        """;

    private const string Sleep = "command: [/target, sleep, infinity]";

    private FaultLedger Ledger => new(Root.RunRoot);

    [Fact]
    public void What_goes_on_in_the_background_lasts_over_the_steps_and_what_is_timed_is_done_at_its_moment()
    {
        var inForce = new ConcurrentQueue<string>();
        TrialResult trial = Assert.Single(Run("""
            steps:
              - { action: cpu-quota, processors: 0.9, background: true }
              - { parallel: [{ action: sigstop, duration: 100ms }, { at: 150ms, action: exec, command: [/target, "true"] }], label: both }
              - { after: 120ms, action: evict-page-cache, label: later }
            rollbacks: [{ action: process, command: [sh, -c, 'test -S "$CONTAINERCHAOS_ENDPOINT" && echo there'], tolerances: [output = there] }]
            """, progress => { if (progress.Stage.StartsWith("both: injected", StringComparison.Ordinal)) inForce.Enqueue(string.Join(' ', Ledger.List().Select(f => f.Fault).Order())); }).Trials);
        Assert.Null(trial.Error);
        Assert.Equal(["both", "later"], trial.Steps.Select(step => step.Label));
        Assert.Equal(["cpu-quota scenario"], inForce);
        Assert.Equal(["cpu-quota", "both", "both", "later", "rollback"], trial.Acts.Select(act => act.Step));
        Assert.All(trial.Acts, act => Assert.Null(act.Error));
        Assert.All(trial.Acts, act => Assert.InRange(act.ProcessorTime, TimeSpan.FromMicroseconds(1), TimeSpan.FromSeconds(2)));
        Assert.Equal("there", trial.Acts[^1].Seen!.Values["output"]);
        // From before the first moment of the group, however late its threads were.
        long apart = trial.Acts.Single(act => act.What == "exec /target true" && act.Step == "both").Began - trial.Acts[0].Began;
        Assert.True(apart >= 150_000_000, $"{apart / 1e6} ms apart");
        Assert.True(trial.Acts[3].Began - trial.Steps[0].Stamps.WatchedUntil >= 120_000_000);
        Assert.Empty(trial.Warnings);
        AssertNothingLeft();
    }

    [Fact]
    public void A_crash_that_PID_1_does_not_die_of_says_why_and_what_to_do()
    {
        TrialResult trial = Assert.Single(Run("steps: [{ action: crash, signal: WINCH, timeout: 200ms }]").Trials);
        Assert.Contains("crash by SIGWINCH did not end PID 1 within 0.2 s: as PID 1 of its namespace it dies of SIGKILL", trial.Error);
        AssertNothingLeft();
    }

    [Fact]
    public void What_is_drawn_is_done_as_the_seed_says_and_what_it_finds_nobody_for_is_left_out()
    {
        string storm = """
            steps:
              - { random: [{ action: crash }, { action: sigstop, duration: 50ms }, { action: evict-page-cache }, { action: exec, command: [/target, "true"] }], count: 3, within: 150ms }
            """;
        ScenarioReport report = Run(storm, scenario: s => s with { Trials = 3, Policies = [RestartPolicy.Always, RestartPolicy.No] });
        Assert.All(report.Trials, t => Assert.Null(t.Error));
        ScenarioStep step = Assert.Single(report.Scenarios[0].Steps);
        foreach (TrialResult trial in report.Trials)
        {
            IReadOnlyList<ScenarioAct> schedule = step.Draw!.Schedule(step.Acts, seed: 1, trial.Trial);
            // Those that come close together may begin in another order on a busy machine.
            Assert.Equal(schedule.Select(act => act.ToString()).Order(), trial.Acts.Select(act => act.What).Order());
            bool crashes = schedule.Any(act => act.Action == ScenarioAction.Crash);
            bool recovers = trial.Policy == "always" || !crashes;
            Assert.True(recovers == Assert.Single(trial.Steps).Stamps.Recovered, $"{trial.Policy}: {trial.Steps[0].Stamps}; {string.Join(", ", trial.Acts)}");
            Assert.True(crashes || trial.Acts.All(act => act.Error is null), string.Join(", ", trial.Acts));
        }

        AssertNothingLeft();
    }

    [Theory]
    [InlineData("failed > 20 % over 100ms", "failed > 20 % over 100ms: ")]
    [InlineData("memory<900000g", "memory<")]
    public void A_stop_condition_ends_the_trial_and_the_scenario_and_what_is_to_be_rolled_back_is(string condition, string reason)
    {
        ScenarioReport report = Run($$"""
            steps: [{ action: sigstop, duration: 5m }]
            stop: ["{{condition}}"]
            rollbacks: [{ action: exec, command: [/target, "true"] }]
            """, scenario: s => s with { Trials = 3, Load = s.Load with { Timeout = TimeSpan.FromMilliseconds(50) } });
        TrialResult trial = Assert.Single(report.Trials);
        Assert.StartsWith(reason, trial.StoppedBy);
        Assert.Equal("stopped: " + trial.StoppedBy, trial.Error);
        Assert.False(report.AsExpected);
        Assert.Contains(trial.Acts, act => act is { Step: "rollback", Error: null });
        AssertNothingLeft();
    }

    [Fact]
    public void A_rollback_that_fails_keeps_nothing_from_being_rolled_back_and_is_told()
    {
        TrialResult trial = Assert.Single(Run($$"""
            steps: [{ action: exec, command: [/target, exit, "3"] }]
            rollbacks: [{ action: exec, command: [no-such] }, { action: exec, {{Sleep}}, timeout: 50ms }, { action: restart }]
            """).Trials);
        Assert.StartsWith("the command '/target exit 3' ended with 3", trial.Error);
        Assert.Equal(["the rollback exec no-such failed: ", "the rollback exec /target sleep infinity failed: "], trial.Warnings.Select(warning => warning[..(warning.IndexOf("failed: ", StringComparison.Ordinal) + 8)]));
        Assert.Equal([false, false, true], trial.Acts.Where(act => act.Step == "rollback").Select(act => act.Error is null));
        AssertNothingLeft();
    }

    [Theory]
    [InlineData("steps: [{ after: 5m, action: crash }]", "", 0)]
    [InlineData("steps: [{ parallel: [{ action: sigstop, duration: 5m }, { action: cpu-quota, duration: 5m }, { at: 5m, action: crash }] }]", "cpu-quota sigstop", 0)]
    [InlineData("steps: [{ random: [{ action: sigstop, duration: 5m }, { action: cpu-quota, duration: 5m }], within: 1ms }]", "cpu-quota sigstop", 0)]
    [InlineData("steps: [{ action: cpu-quota, background: true }, { action: cpu-quota, background: false, duration: 1ms, after: 5m }]", "cpu-quota", 0)]
    [InlineData("steps: [{ repeat: 9, steps: [{ action: crash }, { action: sigstop, duration: 5m }] }]", "sigstop", 1)]
    [InlineData("steps: [{ action: exec, command: [/target, sleep, infinity], timeout: 5m }]", "", 0)]
    [InlineData("steps: [{ action: sigstop, duration: 5m }]\nstop: [\"memory<1\"]", "scenario sigstop", 0)]
    [InlineData("steps: [{ action: crash }]\nsteady: { latency: 1s, probes: [{ probe: container, tolerances: [restarts > 3], within: 1m }] }", "", 0)]
    public void Cancelled_in_the_middle_it_leaves_no_fault_no_container_and_no_folder(string method, string faults, int steps)
    {
        using var cancel = new CancellationTokenSource();
        var told = new ConcurrentQueue<string>();
        using var over = new ManualResetEventSlim();
        // When everything is in force: beside the guard of the trial, what is expected.
        string expected = string.Join(' ', faults.Split(' ', StringSplitOptions.RemoveEmptyEntries).Append("scenario").Order());
        var canceller = new Thread(() =>
        {
            while (!over.Wait(1))
                if (string.Join(' ', Ledger.List().Select(f => f.Fault).Order()) == expected && told.Count(stage => stage.Contains("injected →", StringComparison.Ordinal)) >= steps)
                {
                    cancel.Cancel();
                    return;
                }
        });
        canceller.Start();
        try
        {
            Assert.Throws<OperationCanceledException>(() => Run(method + "\nrollbacks: [{ action: exec, command: [/target, \"true\"] }]", progress => told.Enqueue(progress.Stage), cancellationToken: cancel.Token));
        }
        finally
        {
            over.Set();
            canceller.Join();
        }

        Assert.Contains("rollback: exec /target true", told);
        AssertNothingLeft();
    }

    [Fact]
    public void Stopped_after_a_step_it_is_left_as_it_is_until_somebody_ends_it()
    {
        const string method = """
            steps:
              - { action: cpu-quota, processors: 0.9, background: true }
              - { action: evict-page-cache, label: first }
              - { action: sigstop, duration: 1ms, label: second }
              - { action: crash }
            rollbacks: [{ action: exec, command: [/target, "true"] }]
            """;
        Assert.Throws<ArgumentException>(() => Run(method, stopAfter: "5"));
        TrialResult trial = Assert.Single(Run(method, scenario: s => s with { Trials = 3, Policies = [RestartPolicy.Always, RestartPolicy.No] }, stopAfter: "second").Trials);
        Assert.Null(trial.Error);
        Assert.Equal("first", Assert.Single(trial.Steps).Label);
        TrialHold held = trial.Held!;
        Assert.Equal(["cpu-quota", "sigstop"], held.Faults.Select(f => f.Fault).Order());
        Assert.Equal(["cpu-quota", "scenario", "sigstop"], Ledger.List().Select(f => f.Fault).Order());
        Assert.All(Ledger.List(), f => Assert.True(f.Until > DateTimeOffset.UtcNow + TimeSpan.FromMinutes(30)));
        Assert.Equal(held.Container, Assert.Single(Engine.List()).Name);
        Assert.Contains($"Undo-Fault {held.Faults[0].Id}, {held.Faults[1].Id}, {held.Guard}; Remove-Container {held.Container} -Force", held.ToString());
        Assert.Contains("not rolled back: exec /target true", held.ToString());
        held.End(Engine);
        AssertNothingLeft();
    }

    private void AssertNothingLeft()
    {
        Assert.Empty(Engine.List());
        Assert.Empty(Ledger.List());
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Root.RunRoot, "load")));
    }

    private ScenarioReport Run(string method, Action<ScenarioProgress>? told = null, Func<Scenario, Scenario>? scenario = null, string? stopAfter = null, CancellationToken cancellationToken = default)
    {
        string head = method.Contains("steady:", StringComparison.Ordinal) ? Head.Replace("steady: { latency: 1s }\n", "") : Head;
        Scenario read = ScenarioFile.Parse(new StringReader(head + method), "test.yaml");
        return new ScenarioRunner(Engine).Run([scenario?.Invoke(read) ?? read], new RunOptions { StopAfter = stopAfter, Progress = told is null ? null : new Listener(told) }, cancellationToken);
    }

    private sealed class Listener(Action<ScenarioProgress> told) : IProgress<ScenarioProgress>
    {
        public void Report(ScenarioProgress value) => told(value);
    }
}
