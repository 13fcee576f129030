using System.Diagnostics;
using ContainerChaos.Engine;
using ContainerChaos.Linux;
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
        // Usually PID 1 runs on; in the middle of its start it would end with its parent, and come back.
        int count = AwaitRestart(1).RestartCount;
        Injector.Apply(new CrashFault(), Target);
        AwaitRestart(count + 1);
        Assert.False(Directory.Exists(Injector.Ledger.Directory));
    }

    [Fact]
    public async Task While_its_monitor_is_stalled_a_container_serves_and_is_listed_and_what_is_asked_of_it_waits()
    {
        Container before = Run(policy: "always");
        using (RunningFault fault = Start("action: monitor-stall"))
        {
            AwaitService(before);
            Assert.Equal((ContainerStatus.Running, before.Pid), (Engine.Get(Name).State, Engine.Get(Name).Pid));
            Assert.Equal(Name, Assert.Single(Engine.List()).Name);
            using var asked = new ManualResetEventSlim();
            Task<ContainerCommandResult> command = Task.Run(() =>
            {
                asked.Set();
                return Engine.Invoke(Name, new ContainerCommandOptions { Command = ["/target", "true"] });
            });
            asked.Wait();
            fault.Undo();
            Assert.Equal(0, (await command).ExitCode);
        }

        // The end of PID 1 ends the fault, so that somebody is there to restart it.
        using RunningFault crashed = Start("action: monitor-stall");
        Injector.Apply(new CrashFault(), Target);
        Assert.Equal(FaultEnd.TargetEnded, crashed.WaitForEnd());
        AwaitRestart(1);
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

    [Fact]
    public void A_read_only_root_can_not_be_written_and_a_file_that_is_open_for_writing_forbids_it()
    {
        Run();
        using (RunningFault fault = Start("action: read-only"))
        {
            Assert.Throws<IOException>(() => File.WriteAllText(Inside("made"), "text"));
            fault.Undo();
        }

        using (File.OpenWrite(Inside("made")))
        {
            ContainerException e = Assert.Throws<ContainerException>(() => Start("action: read-only"));
            Assert.Contains("EBUSY", e.Message);
            Assert.Contains("open for writing", e.Remedy);
        }

        Assert.Empty(Injector.Ledger.List());
    }

    [Fact]
    public void A_file_that_is_gone_comes_back_as_it_was_unless_another_has_its_place_also_when_PID_1_has_ended()
    {
        Run(policy: "always");
        File.WriteAllText(Inside("data"), "0123456789");
        using FileStream open = File.OpenRead(Inside("data"));
        FileStatus before = FileStatus.Read(Inside("data"));
        using RunningFault fault = Start("action: delete-file, path: /data");
        Assert.False(File.Exists(Inside("data")));
        Assert.Equal('0', open.ReadByte());
        fault.Undo();
        Assert.Equal(before, FileStatus.Read(Inside("data")));

        using (RunningFault replaced = Start("action: delete-file, path: /data"))
        {
            File.WriteAllText(Inside("data"), "another file");
            replaced.Undo();
        }

        Assert.Equal("another file", File.ReadAllText(Inside("data")));
        Assert.Empty(Directory.EnumerateFiles(Inside(""), ".containerchaos-*"));
        using RunningFault crashed = Start("action: delete-file, path: /data");
        Injector.Apply(new CrashFault(), Target);
        Assert.Equal(FaultEnd.TargetEnded, crashed.WaitForEnd());
        AwaitService(AwaitRestart(1));
        Assert.Equal("another file", File.ReadAllText(Inside("data")));

        // Its directory is an ordinary one then.
        using RunningFault last = Start("action: delete-file, path: /data");
        string upper = Path.Combine(Engine.Get(Name).RootPath, "upper");
        Engine.Stop(Name, TimeSpan.Zero);
        last.WaitForEnd();
        Assert.Equal("another file", File.ReadAllText(Path.Combine(upper, "data")));
    }

    [Fact]
    public void Clocks_are_ahead_in_every_incarnation_until_the_undo_also_by_another_monitor()
    {
        Container before = Run(policy: "always");
        string Offsets() => File.ReadAllText($"/proc/{Engine.Get(Name).Pid}/timens_offsets");
        string none = Offsets();
        RunningFault fault = Start("action: clock-offset, offset: 1440m, clock: boottime");
        Assert.NotEqual(before.Pid, Engine.Get(Name).Pid);
        Assert.Matches(@"monotonic +0 +0\s+boottime +86400 +0", Offsets());
        int pid = Engine.Get(Name).Pid!.Value;
        Injector.Apply(new CrashFault(), Target);
        // It is listed while it is on its way.
        Await(() => Engine.Get(Name) is { Pid: { } next } && next != pid && TimeNamespace.HasOffsets(next), "the crash");
        Assert.Contains("86400", Offsets());
        Injector.Apply(new MonitorFault(), Target);
        fault.Undo();
        Assert.Equal(FaultEnd.Undone, fault.WaitForEnd());
        Assert.Equal(none, Offsets());

        fault = Start("action: clock-offset, offset: 60m");
        Assert.Matches(@"monotonic +3600 +0\s+boottime +3600 +0", Offsets());
        Engine.Stop(Name, TimeSpan.Zero);
        fault.Undo();
        Assert.Equal(ContainerStatus.Exited, Engine.Get(Name).State);
        Assert.False(Directory.Exists(before.RunPath));
        Engine.Start(Name);
        Assert.Equal(none, Offsets());
    }

    [Fact]
    public void A_corrupted_file_gets_back_what_nobody_has_written_meanwhile()
    {
        Run();
        File.WriteAllText(Inside("data"), "0123456789");
        using RunningFault fault = Start("action: corrupt-file, path: /data, bytes: 10");
        byte[] corrupt = File.ReadAllBytes(Inside("data"));
        Assert.Equal("0123456789"u8.ToArray(), Array.ConvertAll(corrupt, value => (byte)~value));
        using (FileStream file = File.OpenWrite(Inside("data")))
            file.Write("AB"u8);
        fault.Undo();
        Assert.Equal("AB23456789", File.ReadAllText(Inside("data")));
        // What replaced it is not touched.
        using RunningFault replaced = Start("action: corrupt-file, path: /data, bytes: 10");
        File.WriteAllText(Inside("new"), "another file");
        File.Move(Inside("new"), Inside("data"), overwrite: true);
        replaced.Undo();
        Assert.Equal("another file", File.ReadAllText(Inside("data")));
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<ContainerException>(() => Start("action: corrupt-file, path: /target")).Reason);
        Assert.Equal(ErrorReason.NotSupported, Assert.Throws<ContainerException>(() => Start("action: corrupt-file, path: /dev/shm/x")).Reason);
    }

    [Fact]
    public void A_writable_layer_of_its_own_is_filled_to_the_last_block()
    {
        Engine.Start(Engine.Create(new ContainerCreateOptions { Name = Name, Image = "target", Command = ["pause"], Network = "none", StorageOptions = ["size=32MB"] }).Id);
        using RunningFault fault = Start("action: disk-fill, path: /");
        Assert.Throws<IOException>(() => File.WriteAllBytes(Inside("made"), new byte[1 << 20]));
        fault.Undo();
        File.WriteAllBytes(Inside("made"), new byte[1 << 20]);
    }

    private string Inside(string path) => $"/proc/{Target.Pid}/root/{path}";

    private Container AwaitRestart(int count)
    {
        long started = Stopwatch.GetTimestamp();
        Container container;
        while ((container = Engine.Get(Name)) is not { State: ContainerStatus.Running } || container.RestartCount < count)
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"not restarted: {container.State} {container.RestartCount}");
            Thread.Sleep(10);
        }

        return container;
    }
}
