using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor.Tests;

/// <summary>The restart policies, and the back-off, as Docker documents them.</summary>
public sealed class RestartTests : ContainerTest
{
    private static readonly string[] Policies = ["no", "on-failure:3", "always", "unless-stopped"];

    public static TheoryData<string, string, bool> Ends()
    {
        var data = new TheoryData<string, string, bool>();
        foreach (var policy in Policies)
        {
            data.Add(policy, "exit 0", policy is "always" or "unless-stopped");
            data.Add(policy, "exit 1", policy != "no");
            data.Add(policy, "overrun", policy != "no");
            data.Add(policy, "crash", policy != "no");
            data.Add(policy, "stop", false);
            data.Add(policy, "kill", false);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public void A_policy_fires_or_not_by_how_PID_1_ended(string policy, string end, bool restart)
    {
        // The first run finds nothing to read and goes on to its end; a later one would find it and stay.
        string[] last = end switch
        {
            "exit 0" => ["exit", "0"],
            "exit 1" => ["exit", "1"],
            "overrun" => ["leak"],
            _ => ["pause"],
        };
        var container = Create(last, d => d with { RestartPolicy = RestartPolicy.Parse(policy), RestartDelay = RestartDelay.Constant(TimeSpan.FromMilliseconds(1)) }, spec => spec with
        {
            Linux = spec.Linux! with { Resources = new ResourcesSpec { Memory = new MemorySpec { Limit = 8 << 20, Swap = 8 << 20 } } },
        });
        container.Start();
        switch (end)
        {
            case "crash":
                container.Crash();
                break;
            case "stop":
                container.Ask(client => client.Stop(TimeSpan.Zero, Patience.Token));
                break;
            case "kill":
                container.Ask(client => client.Kill(9));
                break;
        }
        if (restart)
        {
            container.WaitForEvent(EventTypes.Start, 2);
            Assert.Equal("1", container.WaitForEvent(EventTypes.Start, 2).Attributes["restartCount"]);
            Assert.Equal(["start", "die", "backoff", "start"], container.Events().Where(e => e.Type != EventTypes.Oom).Take(4).Select(e => e.Type));
        }
        else
        {
            var state = container.WaitForExit();
            Assert.Equal((ContainerStatus.Exited, 0), (state.Status, state.RestartCount));
            Assert.Equal(end is "stop" or "kill", state.ManuallyStopped);
            Assert.Single(container.Events(), e => e.Type == EventTypes.Start);
        }
    }

    [Fact]
    public void On_failure_ends_with_the_last_exit_code_after_its_retries()
    {
        var container = Create(["exit", "3"], d => d with { RestartPolicy = RestartPolicy.Parse("on-failure:3"), RestartDelay = RestartDelay.None });
        var state = container.Run();
        Assert.Equal((ContainerStatus.Exited, 3, 3), (state.Status, state.ExitCode, state.RestartCount));
        Assert.Equal(4, container.Events().Count(e => e.Type == EventTypes.Die));
    }

    [Fact]
    public void The_back_off_is_Docker_s_measured_between_the_events()
    {
        var container = Create(["exit", "1"], d => d with { RestartPolicy = RestartPolicy.Parse("on-failure:4") });
        container.Run();
        var events = container.Events();
        var deaths = events.Where(e => e.Type == EventTypes.Die).ToArray();
        var starts = events.Where(e => e.Type == EventTypes.Start).Skip(1).ToArray();
        double[] expected = [100, 200, 400, 800];
        Assert.Equal(expected.Select(delay => delay.ToString()), events.Where(e => e.Type == EventTypes.BackOff).Select(e => e.Attributes["delayMs"]));
        for (var i = 0; i < expected.Length; i++)
        {
            var milliseconds = (starts[i].MonotonicNanoseconds - deaths[i].MonotonicNanoseconds) / 1e6;
            Assert.InRange(milliseconds, expected[i], expected[i] + Patience.Within(Patience.IsLong ? 1000 : 250).TotalMilliseconds);
        }
    }

    [Fact]
    public void A_run_that_was_long_enough_resets_the_back_off_and_not_the_count()
    {
        var delay = new RestartDelay(TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1), 2, ResetAfter: Patience.Within(300));
        var container = Create(["pause"], d => d with { RestartPolicy = RestartPolicy.Always, RestartDelay = delay });
        container.Start();
        container.Crash();
        container.WaitForEvent(EventTypes.Start, 2);
        container.Crash();
        var third = container.WaitForEvent(EventTypes.Start, 3);
        // An upper bound of a run is no state that could be awaited: it is the run's own clock that has to pass.
        var process = container.Pid;
        SpinWait.SpinUntil(() => System.Diagnostics.Stopwatch.GetTimestamp() - third.MonotonicNanoseconds > delay.ResetAfter.TotalMilliseconds * 1e6 * 1.2);
        Assert.Equal(process, container.Pid);
        container.Crash();
        container.WaitForEvent(EventTypes.Start, 4);
        Assert.Equal(["20", "40", "20"], container.Events().Where(e => e.Type == EventTypes.BackOff).Select(e => e.Attributes["delayMs"]));
        Assert.Equal(3, container.State.RestartCount);
    }

    [Fact]
    public void Without_a_delay_it_is_back_at_once()
    {
        var container = Create(["pause"], d => d with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.None });
        container.Start();
        for (var crash = 1; crash <= 20; crash++)
        {
            container.Crash();
            container.WaitForEvent(EventTypes.Start, crash + 1);
        }
        var events = container.Events();
        var deaths = events.Where(e => e.Type == EventTypes.Die).Select(e => e.MonotonicNanoseconds);
        var starts = events.Where(e => e.Type == EventTypes.Start).Skip(1).Select(e => e.MonotonicNanoseconds);
        var median = deaths.Zip(starts, (died, started) => (started - died) / 1e6).Order().ElementAt(10);
        Assert.True(median < Patience.Within(100).TotalMilliseconds, $"The median is {median} ms.");
        Assert.Equal(20, container.State.RestartCount);
    }

    [Fact]
    public void A_stop_during_the_back_off_calls_the_restart_off()
    {
        var container = Create(["exit", "5"], d => d with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.Constant(TimeSpan.FromMinutes(10)) });
        container.Start();
        container.WaitForEvent(EventTypes.BackOff);
        Assert.Equal(ContainerStatus.Restarting, container.Ask(client => client.GetState()).Status);
        Assert.Equal(ErrorReason.InvalidState, Assert.Throws<ContainerException>(() => container.Ask(client => client.Kill(9))).Reason);
        Assert.Equal(ErrorReason.InvalidState, Assert.Throws<ContainerException>(() => container.Ask(client => client.Pause())).Reason);
        Assert.Equal(ErrorReason.InvalidState, Assert.Throws<ContainerException>(() => container.Execute("true")).Reason);

        var state = container.Ask(client => client.Stop(null, Patience.Token));
        Assert.Equal((ContainerStatus.Exited, 5, true), (state.Status, state.ExitCode, state.ManuallyStopped));
        Assert.Equal(["start", "die", "backoff", "stop"], container.Events().Select(e => e.Type));
    }

    [Fact]
    public void An_operator_s_restart_ends_the_back_off()
    {
        var container = Create(["exit", "5"], d => d with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.Constant(TimeSpan.FromMinutes(10)) });
        container.Start();
        container.WaitForEvent(EventTypes.BackOff);
        container.Ask(client => client.Restart(null, Patience.Token));
        container.WaitForEvent(EventTypes.BackOff, 2);
        Assert.Equal(1, container.State.RestartCount);
    }

    [Fact]
    public void An_operator_s_restart_makes_a_new_PID_1_and_arms_the_policy()
    {
        var container = Create(["pause"], d => d with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.None });
        var before = container.Start();
        var after = container.Ask(client => client.Restart(TimeSpan.Zero, Patience.Token));
        Assert.Equal((ContainerStatus.Running, 0, false), (after.Status, after.RestartCount, after.ManuallyStopped));
        Assert.NotEqual(before.Pid, after.Pid);
        Assert.Equal(["start", "kill", "kill", "die", "stop", "start", "restart"], container.Events().Select(e => e.Type));
        container.Crash();
        container.WaitForEvent(EventTypes.Start, 3);
    }

    [Fact]
    public void Restarts_at_the_same_time_are_one_and_all_are_answered()
    {
        var container = Started("pause");
        Parallel.For(0, 4, _ => Assert.Equal(ContainerStatus.Running, container.Ask(client => client.Restart(TimeSpan.Zero, Patience.Token)).Status));
        Assert.Equal(ContainerStatus.Running, container.Ask(client => client.GetState()).Status);
    }

    [Fact]
    public void A_restart_whose_asker_is_gone_is_done_all_the_same()
    {
        var container = Create(["serve", "--unix", "/s", "--ignore-term"], null);
        container.Start();
        container.WaitForOutput("listening");
        using (var client = container.Connect())
        using (var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(10)))
            Assert.ThrowsAny<OperationCanceledException>(() => client.Restart(TimeSpan.FromSeconds(1), soon.Token));
        container.WaitForEvent(EventTypes.Restart);
        Assert.Equal(ContainerStatus.Running, container.Ask(client => client.GetState()).Status);
    }

    [Fact]
    public async Task A_stop_while_a_restart_waits_for_the_end_wins()
    {
        var container = Create(["serve", "--unix", "/s", "--ignore-term"], null);
        container.Start();
        container.WaitForOutput("listening");
        var restart = Task.Run(() => container.Ask(client => client.Restart(TimeSpan.FromSeconds(60), Patience.Token)));
        container.WaitForEvent(EventTypes.Kill);
        var state = container.Ask(client => client.Stop(TimeSpan.Zero, Patience.Token));
        Assert.Equal((ContainerStatus.Exited, 137), (state.Status, state.ExitCode));
        Assert.Equal(ContainerStatus.Exited, (await restart).Status);
    }

    [Fact]
    public void A_start_after_a_stop_arms_the_policy_and_begins_the_count_anew()
    {
        var container = Create(["pause"], d => d with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.None });
        container.Start();
        container.Crash();
        container.WaitForEvent(EventTypes.Start, 2);
        container.Ask(client => client.Stop(TimeSpan.Zero, Patience.Token));
        Assert.Equal(1, container.State.RestartCount);
        var state = container.Start();
        Assert.Equal((0, false), (state.RestartCount, state.ManuallyStopped));
        container.Crash();
        container.WaitForEvent(EventTypes.Start, 4);
        Assert.Equal(1, container.State.RestartCount);
    }

    [Fact]
    public void A_restart_that_can_t_start_counts_as_an_exit_and_the_policy_goes_on()
    {
        // It removes itself: the second run finds no command.
        var container = Create(["rm", "/target"], d => d with { RestartPolicy = RestartPolicy.Parse("on-failure:2"), RestartDelay = RestartDelay.None });
        var always = Create(["rm", "/target"], d => d with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.Constant(TimeSpan.FromMilliseconds(5)) });
        Assert.Equal(0, container.Run().ExitCode);

        always.Start();
        always.WaitForEvent(EventTypes.BackOff, 3);
        var state = always.Ask(client => client.Stop(TimeSpan.Zero, Patience.Token));
        Assert.Equal("127", always.WaitForEvent(EventTypes.Die, 2).Attributes["exitCode"]);
        // In its back-off it is stopped as it ended, on its way into the next start it is killed.
        Assert.True(state.ExitCode == 137 || (state.ExitCode == 127 && state.Error!.Contains("/target", StringComparison.Ordinal)), $"{state.ExitCode}: {state.Error}");
    }
}
