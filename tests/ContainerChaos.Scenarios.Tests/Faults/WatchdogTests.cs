using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Tests.Faults;

public sealed class WatchdogTests : FaultTest
{
    private const int SIGKILL = 9;

    [Fact]
    public void A_fault_ends_by_request_by_its_time_and_with_its_target()
    {
        Run();
        TargetState before = TargetState.Read(Engine, Name);
        using (RunningFault asked = Start("action: freeze"))
        {
            asked.Undo();
            Assert.Equal(FaultEnd.Undone, asked.WaitForEnd());
        }

        using (RunningFault timed = Start("action: cpu-quota, processors: 0.2", TimeSpan.FromMilliseconds(50)))
            Assert.Equal(FaultEnd.Deadline, timed.WaitForEnd());
        Assert.Equal(before, TargetState.Read(Engine, Name));
        using RunningFault targeted = Start("action: cpu, processors: 1");
        Engine.Stop(Name, TimeSpan.Zero);
        Assert.Contains(targeted.WaitForEnd(), (FaultEnd[])[FaultEnd.TargetEnded, FaultEnd.LoadEnded]);
        Assert.False(Directory.Exists(Injector.Ledger.Directory));
    }

    [Fact]
    public void When_the_watchdog_is_killed_as_well_the_files_are_enough_to_undo()
    {
        // One of each kind of undo. All at once: what is left to the host's first process is gone when that has reaped it.
        string[] steps = ["action: freeze", "action: zombie, count: 10", "action: fork-bomb, count: 10", "action: cpu, processors: 1", "action: inode, path: /dev/shm, count: 10"];
        string[] names = [.. steps.Select((_, i) => Run($"broken-{i}").Name)];
        TargetState[] before = [.. names.Select(name => TargetState.Read(Engine, name))];
        RunningFault[] faults = [.. names.Zip(steps, (name, step) => Injector.Start(FaultOwner.Read(step), ChaosTarget.Of(Engine.Get(name)), new FaultOptions { Duration = TimeSpan.FromMinutes(1) }))];
        foreach (RunningFault fault in faults)
        {
            using PidFd watchdog = OpenWatchdog(fault.Record.Id);
            watchdog.SendSignal(SIGKILL);
            Assert.True(watchdog.WaitForEnd(Patience));
            fault.Dispose();
        }

        Assert.All(faults, fault => Assert.True(Injector.Ledger.IsAbandoned(fault.Record.Id)));
        Assert.Equal(faults.Select(fault => fault.Record.Id), Injector.Ledger.UndoAbandoned().Select(record => record.Id));
        Assert.False(Directory.Exists(Injector.Ledger.Directory));
        using var patience = new CancellationTokenSource(Patience);
        for (int i = 0; i < names.Length; i++)
        {
            while (TargetState.Read(Engine, names[i]) != before[i] && !patience.IsCancellationRequested)
                Thread.Sleep(1);
            Assert.Equal(before[i], TargetState.Read(Engine, names[i]));
        }
    }

    [Fact]
    public void A_stopped_watchdog_is_woken_to_undo_the_fault()
    {
        const int SIGSTOP = 19;
        Run();
        using RunningFault fault = Start("action: sigstop");
        using PidFd watchdog = OpenWatchdog(fault.Record.Id);
        watchdog.SendSignal(SIGSTOP);
        Injector.Ledger.Undo(fault.Record.Id);
        Assert.Equal('S', TargetState.Read(Engine, Name).InitState);
        Assert.Empty(Injector.Ledger.List());
    }

    [Fact]
    public void A_fault_that_can_not_be_applied_leaves_nothing()
    {
        Run();
        TargetState before = TargetState.Read(Engine, Name);
        ContainerException e = Assert.Throws<ContainerException>(() => Start("action: disk-fill, path: /no/such, size: 8m"));
        Assert.Equal(ErrorReason.InvalidArgument, e.Reason);
        // The kernel's own refusal, in the watchdog: a limit that is no multiple of anything it has.
        Assert.Throws<ContainerException>(() => Start("action: disk-fill, path: /proc, size: 8m"));
        Assert.Equal(before, TargetState.Read(Engine, Name));
        Assert.Empty(Injector.Ledger.List());
    }

    [Fact]
    public void Two_faults_can_not_hold_the_same_limit()
    {
        Run();
        TargetState before = TargetState.Read(Engine, Name);
        using RunningFault first = Start("action: cpu-quota, processors: 0.5");
        ContainerException e = Assert.Throws<ContainerException>(() => Start("action: cpu-throttle, processors: 0.2"));
        Assert.Equal(ErrorReason.InvalidState, e.Reason);
        Assert.Contains(first.Record.Id, e.Remedy);
        using RunningFault other = Start("action: nice, value: 5");
        first.Undo();
        other.Undo();
        Assert.Equal(before, TargetState.Read(Engine, Name));
    }

    [Fact]
    public void A_stop_condition_ends_it_and_says_why()
    {
        Run();
        using RunningFault memory = Start("action: freeze", null, "memory<1000t");
        Assert.Equal(FaultEnd.StopCondition, memory.WaitForEnd());
        Assert.StartsWith("memory<", memory.Detail);
        using RunningFault probe = Start("action: freeze", null, "http://127.0.0.1:9/healthz");
        Assert.Equal(FaultEnd.StopCondition, probe.WaitForEnd());
        Assert.StartsWith("http://127.0.0.1:9/healthz: ECONNREFUSED", probe.Detail);
        Assert.EndsWith(", 3 times", probe.Detail);
    }

    [Theory]
    [InlineData("psi:memory>20")]
    [InlineData("psi:cpu>0.5%")]
    [InlineData("memory<512m")]
    [InlineData("disk:/var<1g")]
    [InlineData("http://127.0.0.1:8080/healthz")]
    public void Stop_conditions_are_read_as_they_are_written(string text) => Assert.False(StopCondition.Parse(text).ToString().Length == 0);

    [Theory]
    [InlineData("psi:disk>20")]
    [InlineData("psi:cpu>0")]
    [InlineData("memory>1g")]
    [InlineData("disk:var<1g")]
    [InlineData("ftp://x/")]
    [InlineData("")]
    public void Others_are_refused(string text) =>
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<ContainerException>(() => StopCondition.Parse(text)).Reason);

    [Fact]
    public void A_watchdog_costs_less_than_two_megabytes()
    {
        Run();
        using RunningFault fault = Start("action: freeze");
        using PidFd watchdog = OpenWatchdog(fault.Record.Id);
        // What is its own alone: the program's pages are shared by every monitor and watchdog.
        int own = File.ReadLines($"/proc/{WatchdogPid}/smaps_rollup").Where(l => l.StartsWith("Private_", StringComparison.Ordinal))
            .Sum(l => int.Parse(l[(l.IndexOf(':') + 1)..^2], System.Globalization.CultureInfo.InvariantCulture));
        Assert.InRange(own, 1, 2048);
    }
}
