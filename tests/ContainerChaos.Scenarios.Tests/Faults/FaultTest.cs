using System.Diagnostics;
using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;
using ContainerChaos.Testing;

namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>An engine with one container that is broken.</summary>
public abstract class FaultTest : IDisposable
{
    protected const string Name = "target";
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    protected FaultTest()
    {
        Engine = new ContainerEngine(new EngineOptions
        {
            DataRoot = Root.DataRoot,
            RunRoot = Root.RunRoot,
            CgroupParent = Root.CgroupParent,
            CcrunPath = TestRoot.CcrunPath,
            TargetPath = TestRoot.TargetPath,
        });
        Injector = new FaultInjector(Engine);
    }

    private protected TestRoot Root { get; } = new();

    private protected ContainerEngine Engine { get; }

    private protected FaultInjector Injector { get; }

    private protected ChaosTarget Target => ChaosTarget.Of(Engine.Get(Name));

    public virtual void Dispose()
    {
        foreach (FaultRecord record in Injector.Ledger.List())
            Injector.Ledger.Undo(record.Id);
        foreach (Container container in Engine.List())
            Engine.Remove(container.Id, force: true);
        Root.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected Container Run(string name = Name, string policy = "no", IReadOnlyDictionary<string, string>? labels = null, bool init = false, string? disk = null, params string[] faultPoints)
    {
        Container made = Engine.Create(new ContainerCreateOptions
        {
            Name = name,
            Image = "target",
            Command = ["serve", "--unix", "/http.sock"],
            MemoryBytes = 48 << 20,
            PidsLimit = 64,
            Network = "none",
            RestartPolicy = Supervisor.RestartPolicy.Parse(policy),
            RestartDelay = Supervisor.RestartDelay.Parse("none"),
            Init = init,
            FaultPoints = faultPoints,
            StorageOptions = disk is null ? [] : [$"size={disk}"],
            Labels = labels ?? new Dictionary<string, string>(),
        });
        Container container = Engine.Start(made.Id);
        AwaitService(container);
        return container;
    }

    private protected static void Await(Func<bool> condition, string after)
    {
        long started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"Not after {after}.");
            Thread.Sleep(1);
        }
    }

    /// <summary>Its threads are there when it answers: before, they would be taken for what a fault has left.</summary>
    private protected static void AwaitService(Container container)
    {
        long started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                var place = new System.Net.Sockets.UnixDomainSocketEndPoint($"/proc/{container.Pid}/root/http.sock");
                if (WorkloadRequest.Send(place, "/healthz", Patience, CancellationToken.None).Status == 200)
                    return;
            }
            catch (System.Net.Sockets.SocketException) when (Stopwatch.GetElapsedTime(started) < Patience)
            {
            }

            Thread.Sleep(1);
        }
    }

    /// <summary>The process that looks after a fault: its name is in the lock.</summary>
    private protected PidFd OpenWatchdog(string id)
    {
        // Not by File.ReadAllText, which takes a lock of its own on what it reads.
        using FileDescriptor file = FileDescriptor.Open(Path.Combine(Injector.Ledger.Directory, id + ".lock"), OpenFlags.O_RDONLY);
        var buffer = new byte[64];
        string[] words = System.Text.Encoding.ASCII.GetString(buffer, 0, file.ReadFromStart(buffer)).Split(' ');
        WatchdogPid = int.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture);
        return PidFd.TryOpen(WatchdogPid, ulong.Parse(words[1], System.Globalization.CultureInfo.InvariantCulture)) ?? throw new InvalidOperationException("The watchdog is gone.");
    }

    /// <summary>Kills the process that looks after a fault.</summary>
    private protected void KillWatchdog(RunningFault fault)
    {
        const int SIGKILL = 9;
        using PidFd watchdog = OpenWatchdog(fault.Record.Id);
        watchdog.SendSignal(SIGKILL);
        Assert.True(watchdog.WaitForEnd(Patience));
    }

    /// <summary>The PID of the last one that was opened.</summary>
    private protected int WatchdogPid { get; private set; }

    private protected RunningFault Start(string step, TimeSpan? duration = null, params string[] stopWhen) => Start(Target, step, duration, stopWhen);

    private protected RunningFault Start(ChaosTarget target, string step, TimeSpan? duration = null, params string[] stopWhen) => Injector.Start(
        FaultOwner.Read(step), target, new FaultOptions { Duration = duration ?? TimeSpan.FromMinutes(1), StopWhen = [.. stopWhen.Select(StopCondition.Parse)] });
}
