using ContainerChaos.Scenarios.Load;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Tests.Files;

public sealed class ScenarioFileTests
{
    private const string Minimal = """
        schema: 1
        name: a-test
        title: A test
        description: It tests.
        steps:
          - action: crash

        """;

    public static TheoryData<string> Shipped => [.. ScenarioCatalog.Names()];

    public static TheoryData<string> GameDay => [.. ScenarioCatalog.WithTag(ScenarioCatalog.BuiltIn(), [ScenarioCatalog.GameDayTag]).Select(s => s.Name)];

    [Fact]
    public void The_scenarios_ship_in_the_order_of_a_game_day() =>
        Assert.Equal(["memory-overrun", "ignored-sigterm", "zombie-storm", "rolling-update"], ScenarioCatalog.WithTag(ScenarioCatalog.BuiltIn(), ["game-day"]).Select(s => s.Name));

    [Theory]
    [MemberData(nameof(Shipped))]
    public void A_shipped_scenario_says_what_it_teaches_and_what_it_expects_of_each_step(string name)
    {
        Scenario scenario = ScenarioCatalog.Find(name);
        Assert.Equal(name, scenario.Name);
        Assert.True(scenario.Description.Length > 200 && scenario.Trials >= 5);
        Assert.NotEmpty(scenario.Tags);
        foreach (ScenarioCell cell in scenario.Cells())
            foreach (ScenarioStep step in scenario.Steps)
                Assert.Contains(scenario.Expectations, e => e.Matches(cell, step.Label));
    }

    [Fact]
    public void Twenty_scenarios_ship_and_more() => Assert.True(ScenarioCatalog.Names().Count >= 20);

    [Theory]
    [MemberData(nameof(GameDay))]
    public void A_game_day_s_scenario_of_a_crash_covers_every_policy_with_and_without_init(string name)
    {
        Scenario scenario = ScenarioCatalog.Find(name);
        // What an operator does to a service that runs, no policy has a part in.
        if (scenario.Steps.All(step => !step.Does(ScenarioAction.Replace)))
        {
            Assert.Equal(["no", "on-failure:3", "always", "unless-stopped"], scenario.Policies.Select(p => p.ToString()));
            Assert.Equal([false, true], scenario.Init);
        }
    }

    [Fact]
    public void A_minimal_file_has_the_documented_defaults()
    {
        Scenario scenario = Parse(Minimal);
        Assert.Equal(8, scenario.Cells().Count());
        Assert.Equal(RestartDelay.Docker, scenario.Target.RestartDelay);
        ScenarioStep step = Assert.Single(scenario.Steps);
        Assert.Equal(("–", 9, true), (step.Label, step.Acts[0].Signal, step.EffectIsExit));
    }

    [Fact]
    public void A_method_is_a_tree_of_steps()
    {
        IReadOnlyList<ScenarioStep> steps = Parse(Minimal + """
              - { action: netem, delay: 5ms, background: true }
              - after: 200ms
                repeat: 2
                steps:
                  - { action: crash }
                  - { parallel: [{ action: freeze, duration: 2s }, { action: cpu, at: 500ms, duration: 1s }], label: both }
              - { random: [{ action: crash }, { action: freeze }, { action: evict-page-cache }], count: 2, within: 3s }
            rollbacks: [{ action: exec, command: [sync] }, { action: start, timeout: 9s }]
            stop: ["psi:memory>90", "failed > 50 % over 1s"]
            """).Steps;
        Assert.Equal(["–", "netem", "1st", "1st both", "2nd", "2nd both", "random"], steps.Select(s => s.Label));
        Assert.Equal([0, 0, 200, 0, 200, 0, 0], steps.Select(s => s.After.TotalMilliseconds));
        Assert.Equal((true, StepSection.LongestTrial), (steps[1].IsBackground, steps[1].Acts[0].Duration));
        Assert.Equal([0, 500], steps[3].Acts.Select(act => act.At.TotalMilliseconds));
        Assert.Equal((TimeSpan.FromSeconds(7), false), (steps[3].Timeout, steps[3].EffectIsExit));
        Assert.Equal((new ScenarioDraw(2, TimeSpan.FromSeconds(3)), 3, false), (steps[6].Draw, steps[6].Acts.Count, steps[6].EffectIsExit));
    }

    [Fact]
    public void What_is_drawn_is_the_same_again_for_a_seed_and_another_for_the_next_trial()
    {
        ScenarioStep step = Parse(Minimal + "  - { random: [{ action: crash }, { action: stop }, { action: freeze }, { action: cpu }, { action: restart }], count: 3, within: 10s }").Steps[1];
        string Schedule(int seed, int trial) => string.Join(", ", step.Draw!.Schedule(step.Acts, seed, trial).Select(act => $"{act} {act.At.TotalMilliseconds}"));
        // Of this seed it is this one, on every machine and with every .NET.
        Assert.StartsWith("freeze 3170, cpu 4314, crash by SIGKILL 6", Schedule(7, 1));
        Assert.Equal(20, Enumerable.Range(1, 20).Select(trial => Schedule(7, trial)).Distinct().Count());
        Assert.NotEqual(Schedule(7, 1), Schedule(8, 1));
        Assert.All(step.Draw!.Schedule(step.Acts, 3, 4), act => Assert.InRange(act.At, TimeSpan.Zero, TimeSpan.FromSeconds(10)));
        Assert.Equal(3, step.Draw.Schedule(step.Acts, 3, 4).DistinctBy(act => act.Action == ScenarioAction.Fault ? act.Fault!.Name : act.Action.ToString()).Count());
    }

    [Fact]
    public void A_repeated_step_is_labelled_by_its_ordinal() =>
        Assert.Equal(
            ["1st", "2nd", "3rd", "4th"],
            Parse(Minimal.Replace("action: crash", "{ action: crash, repeat: 4 }")).Steps.Select(s => s.Label));

    [Theory]
    [InlineData("extra: 1", 7, 1, "unknown key 'extra'")]
    [InlineData("trials: many", 7, 9, "'many' is not a whole number")]
    [InlineData("trials: 0", 7, 9, "from 1 to")]
    [InlineData("load:\n  path: nope", 8, 3, "must begin with '/'")]
    [InlineData("load:\n  ratio: 7", 8, 3, "unknown key 'ratio'")]
    [InlineData("load:\n  arrivals: storm", 8, 13, "none of constant, ramp, spike, poisson, replay, closed")]
    [InlineData("load:\n  arrivals: poisson\n  peak: 7", 9, 3, "unknown key 'peak'")]
    [InlineData("load:\n  thresholds: [p99 is fine]", 8, 16, "is not a threshold")]
    [InlineData("load:\n  payload: { template: '{{no.such}}' }", 8, 24, "can't be filled")]
    [InlineData("load:\n  strategy: hope", 8, 13, "none of none, retry, circuit-breaker, hedging")]
    [InlineData("load:\n  strategy: circuit-breaker\n  break: 10ms", 9, 10, "outside 500 ms")]
    [InlineData("load:\n  arrivals: ramp", 8, 3, "the key 'over' is missing")]
    [InlineData("load:\n  arrivals: replay\n  times: none.txt", 9, 10, "none.txt")]
    [InlineData("target:\n  memory: 64x", 8, 11, "is not a size")]
    [InlineData("matrix:\n  policies: [sometimes]", 8, 14, "'sometimes' is not a restart policy")]
    [InlineData("matrix:\n  init: [maybe]", 8, 10, "neither true nor false")]
    [InlineData("expect:\n  - outcome: wins", 8, 14, "none of recovers, stays-down")]
    [InlineData("horizon: 10", 7, 10, "is not a duration")]
    [InlineData("objectives: [fast]", 7, 14, "'fast' is not an objective")]
    [InlineData("steady:\n  probes: [{ probe: oracle }]", 8, 21, "none of http, tcp, exec, process, file, metric, container")]
    [InlineData("steady:\n  probes: [{ probe: http, path: / , tolerances: [memory < 4m] }]", 8, 50, "is not a tolerance of an answer; write 'status = 200'")]
    [InlineData("steady:\n  probes: [{ probe: metric }]", 8, 12, "'tolerances' is missing")]
    [InlineData("steady:\n  probes: [{ probe: file, path: here }]", 8, 33, "must begin with '/'")]
    [InlineData("steady:\n  probes: [{ probe: tcp, port: 1, timeout: 0s }]", 8, 44, "more than 0")]
    [InlineData("rollbacks: [{ action: freeze }]", 7, 23, "no fault that lasts")]
    [InlineData("stop: [it is late]", 7, 8, "is no stop condition")]
    [InlineData("stop: [failed < 5%]", 7, 8, "is no stop condition")]
    [InlineData("  - { parallel: [{ action: replace }] }", 7, 28, "a step of its own")]
    [InlineData("  - { parallel: [{ action: crash, background: true }] }", 7, 35, "unknown key 'background'")]
    [InlineData("  - { random: [{ action: crash }] }", 7, 5, "the key 'within' is missing")]
    [InlineData("  - { random: [{ action: crash }], within: 1s, count: 2 }", 7, 55, "from 1 to 1")]
    [InlineData("  - { action: crash, background: true }", 7, 34, "only a fault that lasts")]
    [InlineData("  - { steps: [{ action: crash }] }", 7, 5, "'repeat' is missing")]
    [InlineData("  - { repeat: 2, steps: [{ action: freeze, background: true }] }", 7, 25, "is not repeated")]
    [InlineData("  - { action: exec }", 7, 5, "needs a 'command'")]
    [InlineData("tags: [Memory]", 7, 7, "must be made of lower-case letters")]
    [InlineData("name: again", 7, 1, "Duplicate key")]
    [InlineData("variants: no-list", 7, 11, "must be a list")]
    public void A_mistake_is_reported_with_its_line_and_column(string line, int row, int column, string problem)
    {
        var e = Assert.Throws<ScenarioFileException>(() => Parse(Minimal + line));
        Assert.Contains(problem, e.Message, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith($"test.yaml:{row}:", e.Message);
        Assert.Equal(row, e.Line);
        if (problem != "must begin with '/'" && problem != "Duplicate key")
            Assert.Equal(column, e.Column);
    }

    [Fact]
    public void A_load_is_read_with_its_arrivals_and_its_connections()
    {
        Assert.Equal(new ConstantArrivals(250), Arrivals("path: /"));
        Assert.Equal(new RampArrivals(10, 900, TimeSpan.FromSeconds(3)), Arrivals("{ arrivals: ramp, from: 10, rate: 900, over: 3s }"));
        Assert.Equal(new SpikeArrivals(100, 2000, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(50)), Arrivals("{ arrivals: spike, rate: 100, peak: 2000, after: 1s, for: 50ms }"));
        Assert.Equal(new PoissonArrivals(250, 7), Arrivals("{ arrivals: poisson, seed: 7 }"));
        Assert.Equal(new ClosedLoop(8, TimeSpan.FromMilliseconds(5)), Arrivals("{ arrivals: closed, workers: 8, think: 5ms }"));
        ScenarioLoad load = Parse(Minimal + "load: { connections: per-request, max-connections: 9 }").Load;
        Assert.Equal((false, 9), (load.KeepAlive, load.MaxConnections));

        static ArrivalPattern Arrivals(string yaml) => Parse(Minimal + "load:\n  " + yaml).Load.Arrivals;
    }

    [Fact]
    public void A_variant_compares_what_the_client_does_under_the_scenario_s_own_load()
    {
        Scenario scenario = Parse(Minimal + """
            load: { path: /work, arrivals: poisson, rate: 500, timeout: 1s }
            variants:
              - name: retry
                load: { strategy: retry, retries: 5, delay: 20ms, attempt-timeout: 100ms }
              - name: breaker
                load: { strategy: circuit-breaker, failure-ratio: 0.2, break: 2s }
              - name: hedging
                load: { strategy: hedging, delay: 30ms }
            """);
        Assert.Null(scenario.Load.Strategy);
        Assert.All(scenario.Variants, v => Assert.Equal(("/work", new PoissonArrivals(500), TimeSpan.FromSeconds(1)), (v.Load!.Path, v.Load.Arrivals, v.Load.Timeout)));
        Assert.Equal(
            [
                new RetryStrategy(5, TimeSpan.FromMilliseconds(20)) { AttemptTimeout = TimeSpan.FromMilliseconds(100) },
                new CircuitBreakerStrategy(0.2, 20, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2)),
                new HedgingStrategy(1, TimeSpan.FromMilliseconds(30)),
            ],
            scenario.Variants.Select(v => v.Load!.Strategy));
    }

    [Fact]
    public void Thresholds_and_payloads_are_read_with_the_load()
    {
        ScenarioLoad load = Parse(Minimal + """
            load:
              thresholds: ["failed < 50% over 1s or abort", p99 < 250ms]
              payload: { template: '{"to":"{{internet.email}}"}', seed: 7, distinct: 9 }
            """).Load;
        Assert.Equal(["failed < 50% over 1s or abort", "p99 < 250ms"], load.Thresholds.Select(t => t.Text));
        Assert.Equal(new RequestPayload("""{"to":"{{internet.email}}"}""", 7, 9), load.Payload);
    }

    [Fact]
    public void A_recording_lies_beside_the_scenario()
    {
        string folder = Directory.CreateTempSubdirectory("ccload").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "times.txt"), "1\n1.5\n3\n");
            string file = Path.Combine(folder, "a-test.yaml");
            File.WriteAllText(file, Minimal + "load: { arrivals: replay, times: times.txt, repeat: false }");
            var replay = Assert.IsType<ReplayArrivals>(ScenarioFile.Read(file).Load.Arrivals);
            Assert.Equal([0, 500, 2000], replay.Offsets.Select(o => o.TotalMilliseconds));
            Assert.False(replay.Repeat);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_missing_key_is_named()
    {
        var e = Assert.Throws<ScenarioFileException>(() => Parse("schema: 1\nname: x\ntitle: t\ndescription: d\n"));
        Assert.Contains("'steps' is missing", e.Message);
        e = Assert.Throws<ScenarioFileException>(() => Parse("schema: 1\nname: x\n"));
        Assert.Contains("is missing", e.Message);
        e = Assert.Throws<ScenarioFileException>(() => Parse("schema: 2\n"));
        Assert.Contains("reads 'schema: 1'", e.Message);
        Assert.Throws<ScenarioFileException>(() => Parse("a: [1\nb: {"));
        Assert.Throws<ScenarioFileException>(() => Parse(""));
    }

    [Fact]
    public void An_unknown_name_lists_what_there_is()
    {
        var e = Assert.Throws<FileNotFoundException>(() => ScenarioCatalog.Find("tornado"));
        Assert.Contains("zombie-storm", e.Message);
    }

    [Fact]
    public void A_plan_says_what_a_run_would_do()
    {
        ScenarioPlan plan = ScenarioRunner.Plan([ScenarioCatalog.Find("zombie-storm")], new RunOptions { Trials = 20 });
        Assert.Equal(160, plan.Trials);
        Assert.StartsWith(
            "zombie-storm: 20 trials × (no, on-failure:3, always, unless-stopped) × (no init, init) on new containers from target:latest; about ",
            plan.Scenarios[0].ToString());
        Assert.Equal(5, ScenarioRunner.Plan([ScenarioCatalog.Find("zombie-storm")], new RunOptions { Policies = [RestartPolicy.Always], Init = true }).Trials);
    }

    [Fact]
    public void A_whole_game_day_is_planned_for_less_than_three_minutes() =>
        Assert.InRange(ScenarioRunner.Plan(ScenarioCatalog.WithTag(ScenarioCatalog.BuiltIn(), [ScenarioCatalog.GameDayTag]), new RunOptions()).Estimate, TimeSpan.FromSeconds(20), TimeSpan.FromMinutes(3));

    private static Scenario Parse(string yaml) => ScenarioFile.Parse(new StringReader(yaml), "test.yaml");
}
