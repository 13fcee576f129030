using System.Diagnostics;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor.Tests;

[Trait("Category", "Kernel")]
public sealed class PauseTests : ContainerTest
{
    [Fact]
    public void A_paused_container_does_no_work()
    {
        var container = Started("cpu", "1");
        Assert.Equal(ContainerStatus.Paused, container.Ask(client => client.Pause()).Status);
        Assert.Equal(ContainerStatus.Paused, container.State.Status);
        var before = ProcessorTime(container.Pid);
        Create("cpu", "1", "0.2").Run();
        Assert.Equal(before, ProcessorTime(container.Pid));

        Assert.Equal(ContainerStatus.Running, container.Ask(client => client.Unpause()).Status);
        Assert.True(SpinWait.SpinUntil(() => ProcessorTime(container.Pid) > before, Patience.Limit));
    }

    [Fact]
    public void What_can_t_be_done_in_a_state_is_refused()
    {
        var container = Started("pause");
        Assert.Equal(ErrorReason.InvalidState, Fails(container, client => client.Unpause()).Reason);
        container.Ask(client => client.Pause());
        Assert.Equal(ErrorReason.InvalidState, Fails(container, client => client.Pause()).Reason);
        Assert.Equal(ErrorReason.InvalidState, Assert.Throws<ContainerException>(() => container.Execute("true")).Reason);
    }

    [Fact]
    public void A_kill_ends_it_while_it_is_paused()
    {
        var container = Started("pause");
        container.Ask(client => client.Pause());
        container.Ask(client => client.Kill(9));
        var state = container.WaitForExit();
        Assert.Equal((ContainerStatus.Exited, 137), (state.Status, state.ExitCode));
    }

    [Fact]
    public void A_stop_lets_it_go_on_so_that_its_handler_runs()
    {
        var container = Started("serve", "--unix", "/s");
        container.WaitForOutput("listening");
        container.Ask(client => client.Pause());
        var started = Stopwatch.GetTimestamp();
        var state = container.Ask(client => client.Stop(TimeSpan.FromSeconds(20), Patience.Token));
        Assert.Equal((ContainerStatus.Exited, 0), (state.Status, state.ExitCode));
        Assert.True(Stopwatch.GetElapsedTime(started) < Patience.Within(2000));
    }

    [Fact]
    public void A_stop_without_grace_ends_it_while_it_is_paused()
    {
        var container = Started("pause");
        container.Ask(client => client.Pause());
        Assert.Equal(137, container.Ask(client => client.Stop(TimeSpan.Zero, Patience.Token)).ExitCode);
    }

    [Fact]
    public void A_crash_while_it_is_paused_is_an_exit_like_any_other()
    {
        var container = Create(["pause"], d => d with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.None });
        container.Start();
        container.Ask(client => client.Pause());
        container.Crash();
        // Version 2 kills what is frozen; version 1 keeps the signal until the group is thawed.
        if (CgroupHost.Current.Mode != CgroupMode.V2)
            container.Ask(client => client.Unpause());
        container.WaitForEvent(EventTypes.Start, 2);
        var state = container.Ask(client => client.GetState());
        Assert.Equal((ContainerStatus.Running, 1), (state.Status, state.RestartCount));
        Assert.Equal(0, container.Execute("true").ExitCode);
    }

    [Fact]
    public void A_new_monitor_finds_it_paused_and_can_let_it_go_on()
    {
        var container = Started("pause");
        container.Ask(client => client.Pause());
        container.KillMonitor();
        Assert.Equal(ContainerStatus.Paused, container.Adopt().Status);
        Assert.Equal(ContainerStatus.Running, container.Ask(client => client.Unpause()).Status);
        Assert.Equal(0, container.Execute("true").ExitCode);
    }

    private static ContainerException Fails(TestContainer container, Func<MonitorClient, ContainerState> request) =>
        Assert.Throws<ContainerException>(() => container.Ask(request));

    // proc_pid_stat(5): (14) utime and (15) stime, in clock ticks.
    private static long ProcessorTime(int pid)
    {
        var fields = File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ');
        return long.Parse(fields[11]) + long.Parse(fields[12]);
    }
}
