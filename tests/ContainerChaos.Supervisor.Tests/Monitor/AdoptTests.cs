using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor.Tests;

/// <summary>The monitor is killed; the container does not notice, and the next one takes over.</summary>
[Trait("Category", "Kernel")]
public sealed class AdoptTests : ContainerTest
{
    // A pidfd tells a stranger's exit code since Linux 6.15.
    private static readonly bool KeepsExitCodes = Environment.OSVersion.Version is var version && (version.Major > 6 || (version.Major == 6 && version.Minor >= 15));

    // Before that, only when nobody has reaped the process yet.
    private static void AssertCode(int expected, int? code)
    {
        if (KeepsExitCodes || code is not null)
            Assert.Equal(expected, code);
    }

    [Fact]
    public void A_container_whose_first_process_has_ended_but_for_its_other_threads_is_adopted_and_stopped()
    {
        // exit(2) of the main thread alone: a zombie to those who look at its state.
        var container = Started("call", "60", "0");
        var pid = container.Pid;
        Assert.True(SpinWait.SpinUntil(() => ProcessStat.TryRead(pid, out var stat) && stat.State == 'Z', TimeSpan.FromSeconds(20)));
        container.KillMonitor();
        container.Adopt();
        Assert.Equal((ContainerStatus.Running, pid), (container.State.Status, container.Pid));
        using (var client = container.Connect())
            client.Stop(TimeSpan.FromMilliseconds(200), Patience.Token);
        Assert.Equal(ContainerStatus.Exited, container.State.Status);
    }

    [Fact]
    public void The_container_outlives_its_monitor_and_the_next_one_takes_over()
    {
        var container = Create(["pause"], d => d with { RestartPolicy = RestartPolicy.Parse("on-failure:5") });
        var before = container.Start();
        container.KillMonitor();
        Assert.Null(MonitorClient.TryConnect(container.Paths));
        Assert.True(ProcessStat.TryRead(before.Pid, out _));

        var after = container.Adopt();
        Assert.Equal((ContainerStatus.Running, before.Pid, before.StartedAt), (after.Status, after.Pid, after.StartedAt));
        Assert.NotEqual(before.MonitorPid, after.MonitorPid);
        Assert.Equal(0, container.Execute("true").ExitCode);
        Assert.Equal(["start", "adopt", "exec_start", "exec_die"], container.Events().Select(e => e.Type));
    }

    [Fact]
    public void Its_output_goes_on_while_nobody_reads_it_and_none_is_lost()
    {
        var container = Started("signals");
        container.WaitForOutput("ready");
        container.KillMonitor();
        using (var process = PidFd.Open(container.Pid))
        {
            process.SendSignal(10);
            process.SendSignal(12);
        }
        container.Adopt();
        container.WaitForOutput("USR2");
        Assert.Contains("USR1", container.Output());
        Assert.True(ProcessStat.TryRead(container.Pid, out var stat) && stat.State != 'Z');
    }

    [Fact]
    public void The_exit_of_an_adopted_container_is_seen_and_its_policy_fires()
    {
        var container = Create(["pause"], d => d with { RestartPolicy = RestartPolicy.Parse("on-failure:1"), RestartDelay = RestartDelay.None });
        container.Start();
        container.KillMonitor();
        container.Adopt();
        container.Crash();
        var died = container.WaitForEvent(EventTypes.Die);
        AssertCode(137, died.Attributes["exitCode"] is { Length: > 0 } text ? int.Parse(text) : null);
        container.WaitForEvent(EventTypes.Start, 2);
        Assert.Equal(1, container.Ask(client => client.GetState()).RestartCount);

        // The one that it started itself is its own child again.
        container.Crash();
        Assert.Equal(137, container.WaitForExit().ExitCode);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(42)]
    public void The_exit_code_of_an_adopted_container_is_known_where_the_kernel_keeps_it(int code)
    {
        var container = Started("serve", "--unix", "/s");
        container.WaitForOutput("listening");
        container.KillMonitor();
        container.Adopt();
        container.Execute("get", "--unix", "/s", $"/exit?code={code}");
        AssertCode(code, container.WaitForExit().ExitCode);
    }

    [Fact]
    public void An_adopted_container_is_stopped_like_any_other()
    {
        var container = Started("serve", "--unix", "/s", "--ignore-term");
        container.WaitForOutput("listening");
        container.KillMonitor();
        container.Adopt();
        var state = container.Ask(client => client.Stop(TimeSpan.FromMilliseconds(100), Patience.Token));
        Assert.Equal(ContainerStatus.Exited, state.Status);
        AssertCode(137, state.ExitCode);
        Assert.False(container.Cgroup.Exists);
    }

    [Fact]
    public void An_overrun_of_an_adopted_container_is_flagged()
    {
        var container = Create(["serve", "--unix", "/s"], null, spec => spec with
        {
            Linux = spec.Linux! with { Resources = new ResourcesSpec { Memory = new MemorySpec { Limit = 16 << 20, Swap = 16 << 20 } } },
        });
        container.Start();
        container.WaitForOutput("listening");
        container.KillMonitor();
        container.Adopt();
        try
        {
            container.Execute("get", "--unix", "/s", "/leak");
        }
        catch (ContainerException)
        {
            // The end of PID 1 may be first.
        }
        Assert.True(container.WaitForExit().OomKilled);
        Assert.Equal(["oom", "die"], container.Events().Select(e => e.Type).Where(type => type is EventTypes.Oom or EventTypes.Die));
    }

    [Fact]
    public void Without_a_monitor_an_exit_is_found_by_the_next_one_with_its_code_while_nobody_has_reaped_it()
    {
        var container = Started("pause");
        var pid = container.Pid;
        container.KillMonitor();
        container.Crash();
        TestContainer.AwaitEnd(pid);
        var state = container.Adopt();
        Assert.Equal(ContainerStatus.Exited, state.Status);
        // Which of the two depends on the machine's own first process.
        Assert.True(state.ExitCode is null or 137, $"{state.ExitCode}");
        Assert.Equal(state.ExitCode?.ToString() ?? "", container.WaitForEvent(EventTypes.Die).Attributes["exitCode"]);
        Assert.False(container.Cgroup.Exists);
        Assert.False(Directory.Exists(container.Paths.RunDirectory));
    }

    [Fact]
    public void An_exit_that_nobody_saw_counts_as_a_failure_and_the_policy_fires()
    {
        var container = Create(["pause"], d => d with { RestartPolicy = RestartPolicy.Parse("on-failure:1"), RestartDelay = RestartDelay.None });
        container.Start();
        var pid = container.Pid;
        container.KillMonitor();
        container.Crash();
        TestContainer.AwaitEnd(pid);
        container.Adopt();
        container.WaitForEvent(EventTypes.Start, 2);
        Assert.Equal(1, container.Ask(client => client.GetState()).RestartCount);
    }

    [Fact]
    public void A_back_off_that_was_interrupted_ends_with_a_restart()
    {
        var container = Create(["pause"], d => d with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.Constant(TimeSpan.FromMinutes(10)) });
        container.Start();
        container.Crash();
        container.WaitForEvent(EventTypes.BackOff);
        container.KillMonitor();
        container.Adopt();
        container.WaitForEvent(EventTypes.Start, 2);
    }

    [Fact]
    public void A_stop_that_was_interrupted_stays_a_stop()
    {
        var container = Create(["serve", "--unix", "/s", "--ignore-term"], d => d with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.None });
        container.Start();
        container.WaitForOutput("listening");
        using (var client = container.Connect())
        using (var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(10)))
            Assert.ThrowsAny<OperationCanceledException>(() => client.Stop(TimeSpan.FromMinutes(1), soon.Token));
        container.WaitForEvent(EventTypes.Kill);
        container.KillMonitor();
        container.Adopt();
        container.Crash();
        Assert.Equal(ContainerStatus.Exited, container.WaitForExit().Status);
        Assert.Single(container.Events(), e => e.Type == EventTypes.Start);
    }

    [Fact]
    public void Two_that_adopt_at_the_same_time_make_one_monitor()
    {
        var container = Started("pause");
        container.KillMonitor();
        var states = new ContainerState[4];
        Parallel.For(0, states.Length, n => states[n] = container.Adopt());
        Assert.All(states, state => Assert.Equal(container.Pid, state.Pid));
        Assert.Single(container.Events(), e => e.Type == EventTypes.Adopt);
    }

    [Fact]
    public void A_container_whose_monitor_is_alive_is_not_adopted()
    {
        var container = Started("pause");
        var state = container.Adopt();
        Assert.Equal(container.State.MonitorPid, state.MonitorPid);
        Assert.DoesNotContain(container.Events(), e => e.Type == EventTypes.Adopt);
    }

    [Fact]
    public void A_start_over_a_container_whose_monitor_was_killed_makes_no_second_one()
    {
        var container = Started("pause");
        var pid = container.Pid;
        container.KillMonitor();
        container.Start();
        Assert.Equal(1, Programs(container));
        Assert.True(container.Pid == pid || !ProcessStat.TryRead(pid, out _));
    }

    [Fact]
    public void What_is_down_can_t_be_adopted()
    {
        var container = Create("true");
        container.Run();
        Assert.Equal(ContainerStatus.Exited, container.Adopt().Status);
        Assert.False(Directory.Exists(container.Paths.RunDirectory));
        Assert.DoesNotContain(container.Events(), e => e.Type == EventTypes.Adopt);
    }

    private static int Programs(TestContainer container) =>
        ProcessList.Pids().Count(pid => File.Exists($"/proc/{pid}/cgroup") && ReadCgroup(pid).Contains(container.Definition.Id, StringComparison.Ordinal));

    private static string ReadCgroup(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cgroup");
        }
        catch (IOException)
        {
            return "";
        }
    }
}
