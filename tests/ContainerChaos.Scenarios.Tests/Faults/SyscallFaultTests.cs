using System.Diagnostics;
using System.Net.Sockets;
using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Tests.Faults;

public sealed class SyscallFaultTests : FaultTest
{
    private const int SIGKILL = 9;
    private const int Done = 200, Failed = 507;

    [Fact]
    public void Calls_fail_all_each_n_th_or_a_share_and_go_on_when_the_fault_is_undone()
    {
        Run(faultPoints: FileSystemCalls.Group);
        Assert.Equal(Done, Write("/x"));
        using (RunningFault fault = Start("action: syscall, calls: [write], errno: EIO"))
        {
            Assert.Equal(Failed, Write("/x"));
            Assert.Contains("write fail with EIO", fault.Record.Effect);
            fault.Undo();
            Assert.Equal(Done, Write("/x"));
        }

        // A block of 64 KB a call: a megabyte has sixteen.
        using (RunningFault fault = Start("action: syscall, calls: [write], errno: ENOSPC, every: 17"))
        {
            Assert.Equal([Done, Failed, Done], [Write("/x"), Write("/x"), Write("/x")]);
            fault.Undo();
        }

        int[] Drawn()
        {
            using RunningFault fault = Start("action: syscall, calls: [write], errno: EIO, share: 0.05, seed: 7");
            int[] drawn = [.. Enumerable.Range(0, 8).Select(_ => Write("/x"))];
            fault.Undo();
            return drawn;
        }

        int[] first = Drawn();
        Assert.Equal([Failed, Done], first.Distinct().Order().Reverse());
        Assert.Equal(first, Drawn());
        Assert.False(Directory.Exists(Injector.Ledger.Directory));
    }

    [Fact]
    public void A_file_is_meant_by_its_path_also_where_it_is_opened()
    {
        Run(faultPoints: FileSystemCalls.Group);
        using (RunningFault fault = Start("action: syscall, calls: [file-io], errno: EMFILE, path: /one*"))
        {
            // Neither another file nor a socket is.
            Assert.Equal([Failed, Done], [Write("/one-file"), Write("/other")]);
            fault.Undo();
        }

        Assert.Equal(Done, Write("/one-file"));
        using RunningFault written = Start("action: syscall, calls: [write], errno: EIO, path: /one*");
        Assert.Equal([Failed, Done], [Write("/one-file"), Write("/other")]);
    }

    [Fact]
    public async Task A_slow_call_takes_its_time_and_the_undo_lets_those_go_that_wait()
    {
        Container container = Run(faultPoints: ["write", "openat", "open"]);
        using (RunningFault fault = Start("action: syscall, calls: [openat, open], delay: 150ms, path: /x"))
        {
            long started = Stopwatch.GetTimestamp();
            Assert.Equal(Done, Write("/x"));
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromMilliseconds(150), Patience);
            fault.Undo();
        }

        using RunningFault hour = Start("action: syscall, calls: [openat, open], delay: 60m, errno: EIO, path: /x");
        Task<int> waiting = Task.Run(() => Write("/x"));
        Await(() => File.ReadAllText($"/proc/{container.Pid}/wchan").Contains("seccomp", StringComparison.Ordinal), "the call");
        hour.Undo();
        // It happens: the fault is over.
        Assert.Equal(Done, await waiting);
        using RunningFault last = Start("action: syscall, calls: [openat, open], delay: 60m, path: /x");
        _ = Task.Run(() => Write("/x"));
        Await(() => File.ReadAllText($"/proc/{container.Pid}/wchan").Contains("seccomp", StringComparison.Ordinal), "the call");
        Engine.Stop(Name, TimeSpan.Zero);
        Assert.Equal(FaultEnd.TargetEnded, last.WaitForEnd());
    }

    [Fact]
    public async Task Whoever_answers_is_replaced_by_its_spare_and_no_call_is_lost()
    {
        Container container = Run(policy: "always", faultPoints: FileSystemCalls.Group);
        for (int i = 0; i < 3; i++)
        {
            using RunningFault fault = Start("action: syscall, calls: [openat, open], delay: 60m, path: /x");
            Task<int> waiting = Task.Run(() => Write("/x"));
            Await(() => File.ReadAllText($"/proc/{container.Pid}/wchan").Contains("seccomp", StringComparison.Ordinal), "the call");
            Kill(container, "ccrun-faults");
            // It had been received by the one that was killed.
            Assert.Equal(Done, await waiting);
            Assert.Equal(FaultEnd.LoadEnded, fault.WaitForEnd());
            Assert.Contains("was killed", fault.Detail);
        }

        Kill(container, "ccrun-spare");
        Kill(container, "ccrun-faults");
        Injector.Apply(new MonitorFault(), Target);
        Assert.Equal(Done, Write("/x"));
        Assert.Equal(container.Pid, Engine.Get(Name).Pid);
        using RunningFault again = Start("action: syscall, calls: [write], errno: EIO, path: /x");
        Assert.Equal(Failed, Write("/x"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void When_the_spare_is_killed_too_PID_1_is_ended_and_the_next_one_is_whole(bool alsoMonitor)
    {
        Container container = Run(policy: "always", faultPoints: FileSystemCalls.Group);
        if (alsoMonitor)
            Injector.Apply(new MonitorFault(), Target);
        PidFd[] both = [.. Answering(container).Select(process => PidFd.Open(process.Pid))];
        Assert.Equal(2, both.Length);
        // Stopped first: neither may make another of the other.
        const int SIGSTOP = 19;
        foreach (PidFd process in both)
            process.SendSignal(SIGSTOP);
        foreach (PidFd process in both)
            process.SendSignal(SIGKILL);
        // Where there is no monitor, that is the next look.
        Await(() => Engine.Get(Name) is { RestartCount: 1, Pid: not null }, "the restart");
        foreach (PidFd process in both)
            process.Dispose();
        Container next = Engine.Get(Name);
        AwaitService(next);
        Assert.Contains("fault_points_lost", File.ReadAllText(Path.Combine(next.RootPath, "events.jsonl")));
        using RunningFault fault = Start("action: syscall, calls: [write], errno: EIO, path: /x");
        Assert.Equal(Failed, Write("/x"));
    }

    [Fact]
    public void When_the_watchdog_is_killed_the_rule_goes_with_its_connection()
    {
        Container container = Run(init: true, faultPoints: ["write"]);
        RunningFault fault = Start("action: syscall, calls: [write], errno: EIO, path: /x");
        Assert.Equal(Failed, Write("/x"));
        KillWatchdog(fault);

        fault.Dispose();
        Await(() => Write("/x") == Done, "the end of the rule");
        Assert.Equal(fault.Record.Id, Assert.Single(Injector.Ledger.UndoAbandoned()).Id);
        Injector.Apply(new CrashFault(), Target);
        Await(() => Engine.Get(Name).Pid is null, "the end");
        Await(() => !Answering(container).Any(), "the end of those that answer");
    }

    [Fact]
    public void What_can_not_be_is_refused_with_what_to_do()
    {
        Run(faultPoints: ["write", "connect"]);
        ContainerException Refusal(string parameters) => Assert.Throws<ContainerException>(() => Start("action: syscall, " + parameters));
        Assert.Equal(ErrorReason.InvalidArgument, Refusal("calls: [write]").Reason);
        Assert.Equal(ErrorReason.InvalidArgument, Refusal("calls: [connect], errno: ECONNREFUSED, path: /x").Reason);
        Assert.Equal(ErrorReason.InvalidArgument, Refusal("calls: [write], delay: 120m").Reason);
        ContainerException missing = Refusal("calls: [fsync], errno: EIO");
        Assert.Equal(ErrorReason.NotSupported, missing.Reason);
        Assert.Contains("-FaultPoint fsync", missing.Remedy);
        using RunningFault fault = Start("action: syscall, calls: [connect], errno: ECONNREFUSED");
        Assert.Equal(ErrorReason.InvalidState, Refusal("calls: [write, connect], errno: EIO").Reason);
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<ContainerException>(() => Run("other", faultPoints: "no-such-call")).Reason);
    }

    /// <summary>Has the container write a megabyte to a file.</summary>
    private int Write(string path) => WorkloadRequest.Send(
        new UnixDomainSocketEndPoint($"/proc/{Engine.Get(Name).Pid}/root/http.sock"), $"/fill?mb=1&path={path}", Patience, CancellationToken.None).Status;

    private static IEnumerable<(int Pid, string Command)> Answering(Container container) => ProcessList.Pids()
        .Where(pid => ProcessCommandLine.Mentions(pid, FaultPointProgram.Verb) && ProcessCommandLine.Mentions(pid, container.Id))
        .Select(pid => (pid, File.ReadAllText($"/proc/{pid}/comm").Trim()));

    private static void Kill(Container container, string name)
    {
        int pid = 0;
        Await(() => (pid = Answering(container).FirstOrDefault(process => process.Command == name).Pid) != 0, name);
        using PidFd process = PidFd.Open(pid);
        process.SendSignal(SIGKILL);
        process.WaitForEnd(Patience);
        // The other has taken its place, and has another.
        Await(() => Answering(container).Select(other => other.Command).Order().SequenceEqual(["ccrun-faults", "ccrun-spare"]), "its successor");
    }
}
