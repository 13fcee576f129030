using System.Diagnostics;
using ContainerChaos.Linux;
using ContainerChaos.Supervisor;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>A test that runs containers of the embedded image.</summary>
/// <remarks>Of these tests, those are marked Category=Kernel whose outcome depends on the version of control groups: they run on the emulated machine too, which is slow.</remarks>
public abstract class ContainerTest : EngineTest
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    protected static ContainerCreateOptions Target(params string[] command) => new() { Image = "target", Command = command };

    protected Container Run(params string[] command) => Engine.Start(Engine.Create(Target(command)).Id);

    /// <summary>Waits until the service answers, which is after it has set up its handlers.</summary>
    protected void AwaitReady(Container container)
    {
        var deadline = Stopwatch.StartNew();
        while (Engine.Invoke(container.Id, new ContainerCommandOptions { Command = ["/target", "get"] }).ExitCode != 0)
            Assert.True(deadline.Elapsed < s_patience, "The service does not answer.");
    }

    /// <summary>Waits until PID 1 is in pause(2).</summary>
    protected static void AwaitPause(Container container) => AwaitPause(container.Pid!.Value);

    /// <summary>Waits until a process is in pause(2), call 34: a program that still starts blocks every signal now and then.</summary>
    protected static void AwaitPause(int hostPid)
    {
        var deadline = Stopwatch.StartNew();
        while (!File.ReadAllText($"/proc/{hostPid}/syscall").StartsWith("34 ", StringComparison.Ordinal))
            Assert.True(deadline.Elapsed < s_patience, "The process does not come to its pause.");
    }

    /// <summary>Waits for the first line of the log.</summary>
    protected void AwaitLog(Container container)
    {
        using var patience = new CancellationTokenSource(s_patience);
        Engine.ReadLog(container.Id, new ContainerLogOptions { Follow = true }, patience.Token).First();
    }

    protected static ContainerEvent AwaitEvent(EventStream events, string type)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (events.Next(patience.Token) is { } next)
        {
            if (next.Type == type)
                return next;
        }

        throw new InvalidOperationException($"The monitor ended without an event '{type}'.");
    }

    protected static int ReadMonitorPid(Container container) =>
        JsonFile.TryRead(Path.Combine(container.RootPath, "state.json"), SupervisorJson.ContainerState)!.MonitorPid;

    /// <summary>Kills the monitor and returns its PID.</summary>
    protected static int KillMonitor(Container container)
    {
        var pid = ReadMonitorPid(container);
        using var monitor = PidFd.Open(pid);
        monitor.SendSignal(9);
        AwaitEnd(monitor);
        return pid;
    }

    protected static void AwaitEnd(PidFd process)
    {
        using var patience = new CancellationTokenSource(s_patience);
        using var watch = new DirectoryWatch("/proc/self");
        while (watch.Wait(patience.Token, process))
        {
        }
    }
}
