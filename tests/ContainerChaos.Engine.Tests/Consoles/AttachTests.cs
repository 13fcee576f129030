using System.Text;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;
using ContainerChaos.Testing;
using Xunit;

namespace ContainerChaos.Engine.Tests;

public sealed class AttachTests : ShellTest
{
    [BusyboxFact]
    public void What_a_container_writes_from_its_first_byte_on_comes_to_who_started_it()
    {
        ImportShell();
        var container = Engine.Create(Busybox("/bin/sh", "-c", "echo one; echo two >&2; printf three"));
        for (var round = 0; round < Patience.Rounds(300, 15); round++)
        {
            using (var attached = Engine.StartAttached(container.Id))
            {
                var lines = attached.ReadLines(Patience.Token).ToList();
                Assert.Equal(["one", "three"], lines.Where(line => line.Stream == "stdout").Select(line => line.Line));
                Assert.Equal(["two"], lines.Where(line => line.Stream == "stderr").Select(line => line.Line));
            }

            Assert.Equal(0, Engine.Wait(container.Id).ExitCode);
        }

        Fails(ErrorReason.InvalidState, () => Engine.StartAttached(container.Id, input: true));
        Fails(ErrorReason.InvalidState, () => Engine.Attach(container.Id));
    }

    [BusyboxFact]
    public void Input_goes_to_an_interactive_container_and_ends_with_whoever_says_so()
    {
        ImportShell();
        var container = Engine.Create(Busybox("/bin/cat") with { Interactive = true, StopTimeout = TimeSpan.Zero });

        using (var attached = Engine.StartAttached(container.Id, input: true))
        {
            Assert.True(attached.Write("one\n"u8));
            Assert.Equal("one", attached.ReadLines(Patience.Token).First().Line);
        }

        // Who is gone did not say that there is no more.
        Assert.Equal(ContainerStatus.Running, Engine.Get(container.Id).State);
        using (var again = Engine.Attach(container.Id, input: true))
        {
            again.Write(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 50_000).Select(i => $"line {i}\n"))));
            again.EndInput();
            Assert.Equal(Enumerable.Range(0, 50_000).Select(i => $"line {i}"), again.ReadLines(Patience.Token).Select(line => line.Line));
        }

        Assert.Equal(0, Engine.Wait(container.Id).ExitCode);
        Assert.Equal(50_001, Engine.ReadLog(container.Id).Count());
    }

    [BusyboxFact]
    public void Without_interactive_the_input_is_empty()
    {
        ImportShell();
        var container = Engine.Start(Engine.Create(Busybox("/bin/cat")).Id);
        Assert.Equal(0, Engine.Wait(container.Id).ExitCode);
    }

    [BusyboxFact]
    public void A_terminal_is_the_container_s_own_and_takes_what_is_typed()
    {
        ImportShell();
        var container = Engine.Create(Busybox("/bin/sh", "-c", "tty; echo $TERM; test -t 0 -a -t 2 && echo ready >&2; read x; stty size; echo got $x; exit 7") with { Tty = true });

        using var attached = Engine.StartAttached(container.Id, input: true);
        var lines = new List<string>();
        foreach (var line in attached.ReadLines(Patience.Token))
        {
            lines.Add(line.Line);
            if (line.Line != "ready")
                continue;
            Assert.Equal("pts/0", Engine.GetProcesses(container.Id).Single().Terminal);
            using (var monitor = Connect(container))
                monitor.Resize(new TerminalSize(132, 43));
            attached.Write("hello\n"u8);
        }

        Assert.Equal(["/dev/pts/0", "xterm", "ready", "hello", "43 132", "got hello"], lines);
        Assert.Equal(7, Engine.Wait(container.Id).ExitCode);
        Assert.Equal(lines, Engine.ReadLog(container.Id).Select(entry => entry.Line.TrimEnd('\r')));
        Assert.True(Engine.Get(container.Id).Tty);
    }

    [BusyboxFact]
    public void Under_an_init_the_command_has_the_terminal_s_foreground()
    {
        ImportShell();
        var container = Engine.Create(Busybox("/bin/sh", "-c", "echo ready; read x; echo got $x") with { Tty = true, Init = true, StopTimeout = TimeSpan.Zero });
        using var attached = Engine.StartAttached(container.Id, input: true);
        var lines = new List<string>();
        foreach (var line in attached.ReadLines(Patience.Token))
        {
            lines.Add(line.Line);
            if (line.Line == "ready")
                attached.Write("this\n"u8);
        }

        Assert.Equal(["ready", "this", "got this"], lines);
        Assert.Equal(0, Engine.Wait(container.Id).ExitCode);
    }

    [BusyboxFact]
    public void Control_C_reaches_the_program_in_the_terminal()
    {
        ImportShell();
        var container = Engine.Create(Busybox("/bin/sh", "-c", "trap 'echo caught; exit 5' INT; echo ready; while :; do sleep 1; done") with { Tty = true, StopTimeout = TimeSpan.Zero });
        using var attached = Engine.StartAttached(container.Id, input: true);
        foreach (var line in attached.ReadLines(Patience.Token))
        {
            if (line.Line == "ready")
                attached.Write([3]);
        }

        Assert.Equal(5, Engine.Wait(container.Id).ExitCode);
    }

    [BusyboxFact]
    public void A_terminal_and_an_input_survive_the_monitor()
    {
        ImportShell();
        var terminal = Engine.Create(Busybox("/bin/sh", "-c", "trap 'echo hung up; exit 9' HUP; echo ready; while read x; do echo got $x; done; exit 8") with { Tty = true, StopTimeout = TimeSpan.Zero });
        var pipe = Engine.Create(Busybox("/bin/sh", "-c", "echo ready; while read x; do echo got $x; done; echo end; exit 8") with { Interactive = true, StopTimeout = TimeSpan.Zero });
        foreach (var container in new[] { terminal, pipe })
        {
            for (var round = 0; round < Patience.Rounds(100, 4); round++)
            {
                // At once after the start: there is no moment in which only the monitor has the console.
                var running = Engine.Start(container.Id);
                KillMonitor(running);
                Assert.Equal(running.Pid, Engine.Get(container.Id).Pid);
                using (var attached = Engine.Attach(container.Id, input: true))
                {
                    attached.Write("first\n"u8);
                    Await(attached, "got first");
                }

                KillMonitor(running);
                using (var attached = Engine.Attach(container.Id, input: true))
                {
                    attached.Write("second\n"u8);
                    Await(attached, "got second");
                    if (container == pipe)
                    {
                        attached.EndInput();
                        Await(attached, "end");
                        Assert.Equal(ContainerStatus.Exited, Engine.Wait(container.Id).State);
                    }
                }

                Engine.Stop(container.Id, TimeSpan.Zero);
                Assert.DoesNotContain(Engine.ReadLog(container.Id), entry => entry.Line.Contains("hung up", StringComparison.Ordinal));
            }
        }
    }

    [BusyboxFact]
    public void A_monitor_killed_while_it_starts_a_terminal_hangs_nothing_up()
    {
        ImportShell();
        var container = Engine.Create(Busybox("/bin/sh", "-c", "while read x; do echo got $x; done; exit 9") with { Tty = true, StopTimeout = TimeSpan.Zero });
        var survived = 0;
        for (var round = 0; round < Patience.Rounds(300, 12); round++)
        {
            var before = ReadMonitorPid(container);
            var start = Task.Run(() => TryStart(container));
            // From the moment on in which it is written down who PID 1 will be, later by a little each time.
            var deadline = System.Diagnostics.Stopwatch.StartNew();
            int monitor;
            while ((monitor = ReadMonitorPid(container)) == before && !start.IsCompleted)
                Assert.InRange(deadline.ElapsedMilliseconds, 0, 10_000);
            Thread.SpinWait(round * 3_000);
            using (var process = PidFd.TryOpen(monitor))
                process?.SendSignal(9);
            start.Wait();

            if (Engine.Get(container.Id).State == ContainerStatus.Running)
            {
                survived++;
                using var attached = Engine.Attach(container.Id, input: true);
                attached.Write("typed\n"u8);
                Await(attached, "got typed");
            }

            Engine.Stop(container.Id, TimeSpan.Zero);
        }

        Assert.NotEqual(0, survived);
    }

    [BusyboxFact]
    public void A_reader_that_takes_nothing_is_let_go_and_holds_up_nobody()
    {
        ImportShell();
        var container = Engine.Start(Engine.Create(Busybox("/bin/sh", "-c", "read x; seq 1 50000; dd if=/dev/zero bs=65536 count=320 2>&- | tr '\\0' x; echo; echo done") with { Interactive = true, StopTimeout = TimeSpan.Zero }).Id);
        var (ours, theirs) = ConsoleSocket.Pair();
        using (ours)
        using (var monitor = Connect(container))
        using (theirs)
        {
            monitor.Attach(theirs, theirs, input: false);
            using var attached = Engine.Attach(container.Id, input: true);
            attached.Write("go\n"u8);

            Assert.Equal(50_002, attached.ReadLines(Patience.Token).Count());
            Assert.Equal(0, Engine.Wait(container.Id).ExitCode);
        }
    }

    [BusyboxFact]
    public void A_restart_gives_a_new_terminal_and_ends_the_old_one()
    {
        ImportShell();
        var container = Engine.Create(Busybox("/bin/sh", "-c", "echo ready; read x; exit 3") with
        {
            Tty = true,
            RestartPolicy = RestartPolicy.Parse("on-failure:2"),
            RestartDelay = RestartDelay.None,
            StopTimeout = TimeSpan.Zero,
        });
        using (var first = Engine.StartAttached(container.Id, input: true))
        {
            first.Write("x\n"u8);
            Assert.Contains("ready", first.ReadLines(Patience.Token).Select(line => line.Line));
        }

        var deadline = System.Diagnostics.Stopwatch.StartNew();
        while (Engine.Get(container.Id) is not { State: ContainerStatus.Running, RestartCount: 1 })
            Assert.InRange(deadline.ElapsedMilliseconds, 0, 10_000);
        using (var second = Engine.Attach(container.Id, input: true))
        {
            second.Write("x\n"u8);
            second.ReadLines(Patience.Token).ToList();
        }

        Engine.Stop(container.Id, TimeSpan.Zero);
    }

    private void TryStart(Container container)
    {
        try
        {
            Engine.Start(container.Id);
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.MonitorLost)
        {
            // The kill came first.
        }
    }

    private MonitorClient Connect(Container container) =>
        MonitorClient.TryConnect(new ContainerPaths(container.RootPath, Path.Combine(Root.RunRoot, container.Id)))!;

    private static void Await(ContainerAttachment attached, string text) => Assert.Contains(attached.ReadLines(Patience.Token), line => line.Line.Contains(text, StringComparison.Ordinal));
}
