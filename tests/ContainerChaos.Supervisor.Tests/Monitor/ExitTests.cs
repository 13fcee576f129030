using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor.Tests;

/// <summary>How a container ends, and what is told of it.</summary>
public sealed class ExitTests : ContainerTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(128)]
    [InlineData(255)]
    public void The_exit_code_is_the_command_s(int code)
    {
        foreach (var init in new[] { false, true })
        {
            var state = Create(["exit", code.ToString()], definition => definition with { Init = init }).Run();
            Assert.Equal((ContainerStatus.Exited, code, false, null), (state.Status, state.ExitCode, state.OomKilled, state.Error));
        }
    }

    [Theory]
    [InlineData(9)]
    [InlineData(15)]
    [InlineData(6)]
    [InlineData(10)]
    [Trait("Category", "Kernel")]
    public void A_signal_s_exit_code_is_128_and_its_number(int signal)
    {
        // From the host even a signal without a handler ends PID 1 only if it is SIGKILL; a child of init takes each.
        var container = Create(["pause"], definition => definition with { Init = signal != 9 });
        container.Start();
        container.Ask(client => client.Kill(signal));
        Assert.Equal(128 + signal, container.WaitForExit().ExitCode);
    }

    [Fact]
    public void A_crash_of_PID_1_is_seen_with_its_signal()
    {
        Assert.Equal(128 + 11, Create("crash").Run().ExitCode);
        Assert.Equal(128 + 11, Create(["crash"], definition => definition with { Init = true }).Run().ExitCode);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void Whoever_sees_the_exit_finds_nothing_left()
    {
        for (var round = 0; round < Patience.Rounds(100, 10); round++)
        {
            var container = Create("true");
            var state = container.Run();
            Assert.Equal(ContainerStatus.Exited, state.Status);
            Assert.False(container.Cgroup.Exists);
            Assert.False(Directory.Exists(container.Paths.RunDirectory));
            Assert.Null(MonitorClient.TryConnect(container.Paths));
            Assert.Equal(ContainerStatus.Exited, container.State.Status);
            Remove(container);
        }
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void A_container_can_be_started_again_at_once()
    {
        var container = Create("append", "/runs", "x");
        var runs = Patience.Rounds(100, 10);
        for (var run = 0; run < runs; run++)
            Assert.Equal(0, container.Run().ExitCode);
        Assert.Equal(runs, File.ReadAllLines(Path.Combine(container.Paths.Upper, "runs")).Length);
        Assert.Equal(runs, container.Events().Count(e => e.Type == EventTypes.Die));
    }

    [Fact]
    public void A_monitor_says_what_it_is()
    {
        var container = Started("pause");
        var monitor = container.Ask(client => client.GetState()).MonitorPid;
        Assert.Equal("ccrun-monitor\n", File.ReadAllText($"/proc/{monitor}/comm"));
        Assert.Contains(container.Paths.ContainerDirectory, File.ReadAllText($"/proc/{monitor}/cmdline"));
    }

    [Fact]
    public void Two_starts_at_the_same_time_make_one_container()
    {
        var container = Create("pause");
        var states = new ContainerState[6];
        Parallel.For(0, states.Length, n => states[n] = container.Start());
        Assert.Single(states.Select(state => state.Pid).Distinct());
        Assert.Single(container.Events(), e => e.Type == EventTypes.Start);
        Assert.Equal(ContainerStatus.Running, states[0].Status);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void Starts_that_race_with_the_end_never_make_two_of_it()
    {
        var container = Create("seq", "append", "/runs", "begin", ";", "append", "/runs", "end");
        for (var round = 0; round < Patience.Rounds(100, 10); round++)
        {
            Parallel.For(0, 4, _ => container.Start());
            container.WaitForExit();
        }
        var runs = File.ReadAllLines(Path.Combine(container.Paths.Upper, "runs"));
        Assert.All(runs.Chunk(2), pair => Assert.Equal(["begin", "end"], pair));
        Assert.Equal(runs.Length / 2, container.Events().Count(e => e.Type == EventTypes.Die));
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void Events_come_in_order_and_on_one_clock()
    {
        var container = Create("pause");
        container.Start();
        container.Ask(client => client.Pause());
        container.Ask(client => client.Unpause());
        container.Execute("true");
        container.Ask(client => client.Stop(TimeSpan.Zero, Patience.Token));

        var events = container.Events();
        Assert.Equal(["start", "pause", "unpause", "exec_start", "exec_die", "kill", "kill", "die", "stop"], events.Select(e => e.Type));
        Assert.All(events, e => Assert.Equal(container.Definition.Id, e.ContainerId));
        Assert.Equal(events.Select(e => e.MonotonicNanoseconds).Order(), events.Select(e => e.MonotonicNanoseconds));
        Assert.Equal("137", events.Single(e => e.Type == EventTypes.Die).Attributes["exitCode"]);
        Assert.Equal("0", events.Single(e => e.Type == EventTypes.ExecDie).Attributes["exitCode"]);
    }

    [Fact]
    public void A_subscriber_gets_each_event_and_then_the_end()
    {
        var container = Started("pause");
        using var stream = container.Connect().Subscribe();
        container.Ask(client => client.Pause());
        container.Ask(client => client.Unpause());
        container.Ask(client => client.Kill(9));
        var types = new List<string>();
        while (stream.Next(Patience.Token) is { } next)
            types.Add(next.Type);
        Assert.Equal(["pause", "unpause", "kill", "die"], types);
    }

    [Fact]
    public void A_wait_can_be_given_up()
    {
        var container = Started("pause");
        using var client = container.Connect();
        using var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        Assert.ThrowsAny<OperationCanceledException>(() => client.WaitForExit(soon.Token));
        Assert.Equal(ContainerStatus.Running, container.Ask(c => c.GetState()).Status);
    }

    [Fact]
    public void The_log_of_what_ended_at_once_is_complete()
    {
        for (var round = 0; round < Patience.Rounds(200, 20); round++)
        {
            var container = Create("echo", $"round {round}");
            container.Run();
            Assert.Equal($"round {round}\n", container.Output());
            Remove(container);
        }
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void Processes_below_PID_1_end_with_it()
    {
        var container = Create("seq", "sleep", "infinity", "&", "sleep", "infinity", "&", "echo", "ready", ";", "pause");
        container.Start();
        container.WaitForOutput("ready");
        var pids = File.ReadAllLines(Path.Combine(container.Cgroup.Directories[0], "cgroup.procs"));
        container.Crash();
        container.WaitForExit();
        Assert.All(pids, pid => Assert.False(ProcessStat.TryRead(int.Parse(pid), out _)));
    }
}
