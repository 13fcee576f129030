using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor.Tests;

/// <summary>A control group that somebody froze from outside holds up whoever joins it, and never the monitor.</summary>
public sealed class FrozenTests : ContainerTest
{
    [Fact]
    public async Task A_command_for_a_frozen_container_waits_and_the_monitor_does_not()
    {
        var container = Started("signals");
        container.WaitForOutput("ready");
        container.Cgroup.Freeze(Patience.Limit);
        var executed = Task.Run(() => container.Execute("echo", "at last"));
        // It is on its way when its process is in the frozen group.
        Assert.True(SpinWait.SpinUntil(() => container.Cgroup.Pids().Count > 1, Patience.Limit));

        Assert.Equal(ContainerStatus.Running, container.Ask(client => client.GetState()).Status);
        container.Ask(client => client.Kill(10));
        Assert.DoesNotContain("USR1", container.Output());
        Assert.False(executed.IsCompleted);

        container.Cgroup.Thaw();
        var result = await executed;
        Assert.Equal((0, "at last\n"), (result.ExitCode, result.Output));
        container.WaitForOutput("USR1");
        Assert.True(SpinWait.SpinUntil(() => container.Cgroup.Pids().Count == 1, Patience.Limit));
    }

    [Fact]
    public async Task A_frozen_container_can_be_stopped_and_the_command_that_waited_is_told()
    {
        var container = Started("pause");
        container.Cgroup.Freeze(Patience.Limit);
        var executed = Task.Run(() => container.Execute("true"));
        Assert.True(SpinWait.SpinUntil(() => container.Cgroup.Pids().Count > 1, Patience.Limit));
        var state = container.Ask(client => client.Stop(TimeSpan.FromMilliseconds(50), Patience.Token));
        Assert.Equal((ContainerStatus.Exited, 137), (state.Status, state.ExitCode));
        // Thawed for the kill, it may also have come so far that PID 1 took it along.
        var error = await Record.ExceptionAsync(() => executed);
        Assert.True(error is ContainerException || (await executed).ExitCode == 137, error?.ToString());
        Assert.False(container.Cgroup.Exists);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void A_restart_into_a_frozen_group_waits_and_goes_on_when_it_is_thawed()
    {
        var container = CrashedInto(frozen: true);
        Assert.Equal(ContainerStatus.Restarting, container.Ask(client => client.GetState()).Status);
        Assert.Single(container.Events(), e => e.Type == EventTypes.Start);
        container.Cgroup.Thaw();
        container.WaitForEvent(EventTypes.Start, 2);
        Assert.Equal(0, container.Execute("true").ExitCode);
    }

    [Fact]
    public void A_restart_that_waits_in_a_frozen_group_can_be_stopped()
    {
        var container = CrashedInto(frozen: true);
        var state = container.Ask(client => client.Stop(TimeSpan.FromMilliseconds(50), Patience.Token));
        Assert.Equal(ContainerStatus.Exited, state.Status);
        Assert.False(container.Cgroup.Exists);
        Assert.Equal(ContainerStatus.Running, container.Start().Status);
    }

    /// <summary>A container whose next PID 1 is on its way in a frozen group.</summary>
    private TestContainer CrashedInto(bool frozen)
    {
        var container = Create(["pause"], d => d with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.Constant(TimeSpan.FromMilliseconds(300)) });
        var first = container.Start().Pid;
        container.Crash();
        container.WaitForEvent(EventTypes.BackOff);
        if (frozen)
            container.Cgroup.Freeze(Patience.Limit);
        container.Await("the record of the next one", () => container.Pid is var pid && pid != 0 && pid != first);
        return container;
    }
}
