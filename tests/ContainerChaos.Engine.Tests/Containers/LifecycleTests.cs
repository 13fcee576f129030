using System.Diagnostics;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class LifecycleTests : ContainerTest
{
    [Fact]
    [Trait("Category", "Kernel")]
    public void A_job_ends_with_its_code_its_log_and_nothing_else()
    {
        var container = Engine.Wait(Run("echo", "hello", "world").Id);

        Assert.Equal(ContainerStatus.Exited, container.State);
        Assert.Equal(0, container.ExitCode);
        Assert.Null(container.Pid);
        Assert.NotNull(container.FinishedAt);
        Assert.Equal(["hello world"], Engine.ReadLog(container.Id).Select(entry => entry.Line));
        Assert.False(CgroupHost.Current.Group(container.CgroupPath).Exists);
        Assert.Empty(Engine.GetProcesses(container.Id));
        Assert.Empty(Engine.GetNamespaces(container.Id));
        Assert.Equal(7, Engine.Wait(Run("exit", "7").Id).ExitCode);
    }

    [Fact]
    public void PID_1_is_the_app_and_has_a_PID_of_the_hosts_too()
    {
        var container = Run("pause");

        var process = Assert.Single(Engine.GetProcesses(container.Name));
        Assert.Equal((1, 0, container.Pid), (process.Pid, process.ParentPid, process.HostPid));
        // Soon asleep for good, or until a page of the program has come from the disk.
        Assert.True(SpinWait.SpinUntil(
            () => Engine.GetProcesses(container.Name).Single().State is ContainerProcessState.Sleeping or ContainerProcessState.DiskSleep, TimeSpan.FromSeconds(20)));
        Assert.Equal("/target pause", process.Command);
        Assert.Equal(DateTimeOffset.UtcNow, process.StartedAt, TimeSpan.FromSeconds(10));
        Assert.True(process.RssBytes > 0);
        Assert.Equal(container.Pid, Engine.GetProcessId(container.Name));
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void Every_namespace_but_the_users_and_times_is_its_own()
    {
        var namespaces = Engine.GetNamespaces(Run("pause").Name);

        Assert.Equal(["cgroup", "ipc", "mnt", "net", "pid", "uts"], namespaces.Where(space => !space.IsShared).Select(space => space.Type));
    }

    [Fact]
    public void A_container_joins_anothers_network()
    {
        var first = Run("pause");
        var second = Engine.Start(Engine.Create(Target("pause") with { Network = $"container:{first.Name}" }).Id);
        var host = Engine.Start(Engine.Create(Target("pause") with { Network = "host" }).Id);

        Assert.Equal(Net(first), Net(second));
        Assert.NotEqual(Net(first), Net(host));
        Assert.True(Engine.GetNamespaces(host.Id).Single(space => space.Type == "net").IsShared);

        Engine.Stop(second.Id, TimeSpan.Zero);
        Engine.Stop(first.Id, TimeSpan.Zero);
        var error = Fails(ErrorReason.InvalidState, () => Engine.Start(second.Id));
        Assert.Contains($"'{first.Name}'", error.Message, StringComparison.Ordinal);

        ulong Net(Container container) => Engine.GetNamespaces(container.Id).Single(space => space.Type == "net").Inode;
    }

    [Fact]
    public void A_restart_joins_the_network_that_the_other_has_by_then()
    {
        var options = Target("pause") with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.None };
        var first = Engine.Start(Engine.Create(options).Id);
        var second = Engine.Start(Engine.Create(options with { Network = $"container:{first.Name}" }).Id);

        CrashAndAwaitRestart(first);
        CrashAndAwaitRestart(second);

        Assert.Equal(Net(first), Net(second));

        void CrashAndAwaitRestart(Container container)
        {
            using var events = Engine.Subscribe(container.Id);
            Engine.Crash(container.Id);
            AwaitEvent(events, EventTypes.Start);
        }

        ulong Net(Container container) => Engine.GetNamespaces(container.Id).Single(space => space.Type == "net").Inode;
    }

    [Fact]
    public void Starting_twice_is_starting_once()
    {
        var container = Run("pause");

        Assert.Equal(container.Pid, Engine.Start(container.Name).Pid);
    }

    [Fact]
    public void An_exited_container_starts_again()
    {
        var container = Run("echo", "again");
        Engine.Wait(container.Id);
        Engine.Start(container.Id);
        Engine.Wait(container.Id);

        Assert.Equal(["again", "again"], Engine.ReadLog(container.Id).Select(entry => entry.Line));
    }

    [Theory]
    [InlineData(ErrorReason.CommandNotFound, 127, "/nowhere")]
    [InlineData(ErrorReason.CommandNotExecutable, 126, "/etc")]
    public void A_command_that_can_not_be_started_is_named(ErrorReason reason, int exitCode, string command)
    {
        var container = Engine.Create(new ContainerCreateOptions { Image = "target", Entrypoint = [command] });

        var error = Fails(reason, () => Engine.Start(container.Id));

        Assert.Contains($"'{command}'", error.Message, StringComparison.Ordinal);
        Assert.Equal(exitCode, error.ExitCode);
        Assert.Equal(exitCode, Engine.Get(container.Id).ExitCode);
        Assert.False(CgroupHost.Current.Group(container.CgroupPath).Exists);
    }

    [Fact]
    public void A_stop_ends_a_handler_at_once_and_an_ignorer_after_the_grace_period()
    {
        var handler = Run("serve");
        AwaitReady(handler);
        var ignorer = Run("serve", "--ignore-term");
        AwaitReady(ignorer);

        var watch = Stopwatch.StartNew();
        Assert.Equal(0, Engine.Stop(handler.Id).ExitCode);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 2_000);

        watch.Restart();
        Assert.Equal(137, Engine.Stop(ignorer.Id, TimeSpan.FromMilliseconds(300)).ExitCode);
        Assert.InRange(watch.ElapsedMilliseconds, 300, 1_500);
        Assert.Equal(137, Engine.Stop(ignorer.Id).ExitCode);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void A_stop_disarms_the_policy_and_a_crash_does_not()
    {
        var container = Engine.Start(Engine.Create(Target("pause") with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.None }).Id);

        using (var events = Engine.Subscribe(container.Id))
        {
            Assert.Equal(container.Pid, Engine.Crash(container.Id).HostPid);
            AwaitEvent(events, EventTypes.Start);
        }

        var restarted = Engine.Get(container.Id);
        Assert.Equal((ContainerStatus.Running, 1), (restarted.State, restarted.RestartCount));
        Assert.NotEqual(container.Pid, restarted.Pid);

        Engine.SendSignal(container.Id, 9);
        var killed = Engine.Wait(container.Id);
        Assert.Equal((ContainerStatus.Exited, 137), (killed.State, killed.ExitCode));
    }

    [Fact]
    public void A_restart_starts_a_new_PID_1()
    {
        var container = Run("pause");

        var restarted = Engine.Restart(container.Id, TimeSpan.Zero);

        Assert.Equal(ContainerStatus.Running, restarted.State);
        Assert.NotEqual(container.Pid, restarted.Pid);
        Engine.Stop(container.Id, TimeSpan.Zero);
        Assert.Equal(ContainerStatus.Running, Engine.Restart(container.Id).State);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void A_suspended_container_goes_on_where_it_was()
    {
        var container = Run("serve");
        AwaitReady(container);

        Assert.Equal(ContainerStatus.Paused, Engine.Suspend(container.Id).State);
        Fails(ErrorReason.InvalidState, () => Engine.Start(container.Id));
        Assert.Throws<ContainerException>(() => Engine.Suspend(container.Id));
        Assert.Equal(ContainerStatus.Running, Engine.Resume(container.Id).State);
        Assert.Equal(container.Pid, Engine.Get(container.Id).Pid);
        AwaitReady(container);
    }

    [Fact]
    public void What_runs_is_removed_by_force_only()
    {
        var container = Run("pause");

        var error = Fails(ErrorReason.InvalidState, () => Engine.Remove(container.Name));
        Assert.Contains("running", error.Message, StringComparison.Ordinal);
        Engine.Remove(container.Name, force: true);

        Fails(ErrorReason.ContainerNotFound, () => Engine.Get(container.Name));
        Fails(ErrorReason.ContainerNotFound, () => Engine.Remove(container.Name));
    }

    [Fact]
    public void Calls_on_what_does_not_run_say_so()
    {
        var container = Engine.Create(Target("pause"));

        Fails(ErrorReason.InvalidState, () => Engine.Suspend(container.Id));
        Fails(ErrorReason.InvalidState, () => Engine.SendSignal(container.Id, 15));
        Fails(ErrorReason.InvalidState, () => Engine.Crash(container.Id));
        Fails(ErrorReason.InvalidState, () => Engine.Subscribe(container.Id));
        Fails(ErrorReason.InvalidState, () => Engine.Invoke(container.Id, new ContainerCommandOptions { Command = ["/target", "true"] }));
        Assert.Equal(ContainerStatus.Created, Engine.Wait(container.Id).State);
        Assert.Equal(ContainerStatus.Created, Engine.Stop(container.Id).State);
        Assert.Null(Engine.GetProcessId(container.Id));
    }

    [Fact]
    public void Waiting_ends_at_once_when_it_is_cancelled()
    {
        var container = Run("pause");
        using var cancel = new CancellationTokenSource();
        // A thread of its own: a timer's callback can wait for a thread while the tests beside this one hold all of the pool's.
        long asked = 0;
        var canceller = new Thread(() =>
        {
            Thread.Sleep(100);
            asked = Stopwatch.GetTimestamp();
            cancel.Cancel();
        });
        canceller.Start();

        Assert.Throws<OperationCanceledException>(() => Engine.Wait(container.Id, cancel.Token));

        var ended = Stopwatch.GetTimestamp();
        canceller.Join();
        Assert.InRange(Stopwatch.GetElapsedTime(asked, ended).TotalMilliseconds, 0, 1_000);
        Assert.Equal(ContainerStatus.Running, Engine.Get(container.Id).State);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void A_memory_overrun_is_an_OOM_kill_told_before_the_exit()
    {
        var container = Engine.Create(Target("leak", "--mb", "200") with { MemoryBytes = 32 << 20 });
        Engine.Start(container.Id);

        var ended = Engine.Wait(container.Id);

        Assert.Equal((137, true), (ended.ExitCode, ended.OomKilled));
        var events = File.ReadLines(Path.Combine(ended.RootPath, "events.jsonl")).ToList();
        Assert.InRange(events.FindIndex(line => line.Contains("\"oom\"", StringComparison.Ordinal)), 0, events.FindIndex(line => line.Contains("\"die\"", StringComparison.Ordinal)) - 1);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void A_killed_monitor_is_replaced_by_the_next_look_and_the_container_is_not_touched()
    {
        var container = Engine.Start(Engine.Create(Target("serve") with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.None }).Id);
        AwaitReady(container);
        var monitor = KillMonitor(container);

        var found = Engine.Get(container.Id);

        Assert.Equal((ContainerStatus.Running, container.Pid), (found.State, found.Pid));
        Assert.NotEqual(monitor, ReadMonitorPid(container));
        AwaitReady(container);

        // Also when PID 1 ends while nobody watches: the policy is kept.
        KillMonitor(container);
        using (var process = PidFd.Open(container.Pid!.Value))
        {
            process.SendSignal(9);
            AwaitEnd(process);
        }

        // The look replaces the monitor, which starts it again.
        var back = Engine.Get(container.Id);
        Assert.True(SpinWait.SpinUntil(() => (back = Engine.Get(container.Id)).State == ContainerStatus.Running, TimeSpan.FromSeconds(10)), back.State.ToString());
        Assert.Equal(1, back.RestartCount);
        Assert.NotEqual(container.Pid, back.Pid);
    }
}
