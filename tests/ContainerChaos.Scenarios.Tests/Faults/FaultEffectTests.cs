using System.Diagnostics;
using ContainerChaos.Engine;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Tests.Faults;

public sealed class FaultEffectTests : FaultTest
{
    [Fact]
    public void A_crash_leaves_the_policy_armed_also_when_the_monitor_was_killed_before()
    {
        Container before = Run(policy: "always");
        Injector.Apply(new CrashFault(), Target);
        Assert.NotEqual(before.Pid, AwaitRestart(1).Pid);
        Injector.Apply(new MonitorFault(), Target);
        Container adopted = Engine.Get(Name);
        Assert.Equal(ContainerStatus.Running, adopted.State);
        Injector.Apply(new CrashFault(), Target);
        AwaitRestart(2);
        Assert.False(Directory.Exists(Injector.Ledger.Directory));
    }

    [Fact]
    public void An_overrun_has_the_OOM_killer_end_PID_1_and_the_policy_brings_it_back()
    {
        Run(policy: "always");
        using RunningFault fault = Start("action: memory-overrun");
        Assert.Contains(fault.WaitForEnd(), (FaultEnd[])[FaultEnd.TargetEnded, FaultEnd.LoadEnded]);
        AwaitRestart(1);
        string events = File.ReadAllText(Path.Combine(Engine.Get(Name).RootPath, "events.jsonl"));
        Assert.Contains("\"oom\"", events);
        Assert.Contains("137", events);
    }

    [Fact]
    public void A_child_that_is_ended_by_the_OOM_killer_leaves_PID_1_alive()
    {
        Container before = Run();
        using RunningFault fault = Start("action: oom-child");
        Assert.Equal(FaultEnd.LoadEnded, fault.WaitForEnd());
        Assert.Equal(before.Pid, Engine.Get(Name).Pid);
        Assert.Equal(ContainerStatus.Running, Engine.Get(Name).State);
    }

    [Fact]
    public void Processes_are_killed_by_name_a_share_of_them()
    {
        Run();
        using RunningFault load = Start("action: fork-bomb, count: 10");
        int made = Target.Processes().Count;
        Injector.Apply(new KillProcessFault("ccrun", Share: 0.5, Seed: 1), Target);
        Assert.Throws<ContainerException>(() => Injector.Apply(new KillProcessFault("no-such"), Target));
        Assert.True(made > 10);
        Assert.Equal(Engine.Get(Name).Pid, Target.Pid);
    }

    [Fact]
    public void Zombies_fill_the_PID_table_and_exec_says_so()
    {
        Run();
        using RunningFault fault = Start("action: zombie, count: 200");
        Assert.InRange(Engine.CountZombies(Name), 50, 64);
        var e = Assert.Throws<ContainerException>(() => Engine.Invoke(Name, new ContainerCommandOptions { Command = ["/target", "true"] }));
        Assert.Equal(ErrorReason.PidTableFull, e.Reason);
        fault.Undo();
        Assert.Equal(0, Engine.CountZombies(Name));
    }

    [Fact]
    public void The_page_cache_is_dropped_and_what_needs_a_limit_says_so()
    {
        Run();
        Assert.Contains("reclaim", Injector.Apply(new EvictPageCacheFault(), Target).Effect);
        Container free = Engine.Start(Engine.Create(new ContainerCreateOptions { Name = "free", Image = "target", Command = ["pause"], Network = "none" }).Id);
        foreach (FaultSpec fault in (FaultSpec[])[new MemoryOverrunFault(), new OomChildFault(), new ForkBombFault()])
            Assert.Equal(ErrorReason.InvalidState, Assert.Throws<ContainerException>(() => FaultInjector.Describe(fault, ChaosTarget.Of(free))).Reason);
    }

    private Container AwaitRestart(int count)
    {
        long started = Stopwatch.GetTimestamp();
        Container container;
        while ((container = Engine.Get(Name)) is not { State: ContainerStatus.Running } || container.RestartCount < count)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"not restarted: {container.State} {container.RestartCount}");
            Thread.Yield();
        }

        return container;
    }
}
