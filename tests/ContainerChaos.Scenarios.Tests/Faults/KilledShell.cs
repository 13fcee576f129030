using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>A shell that started every fault there is, each on a container of its own, and was killed in the middle of all of them.</summary>
public sealed class KilledShell : FaultTest
{
    private readonly Dictionary<string, KilledFault> _faults = [];

    public KilledShell()
    {
        string[] steps = [.. KilledShellTests.InForce.Keys];
        // With an init: whether orphans are reaped is PID 1's doing, and this is about ours.
        string[] names = [.. steps.Select((step, i) => Run($"broken-{i}", init: true, disk: step == KilledShellTests.IoThrottle ? "32MB" : null, faultPoints: step == KilledShellTests.Syscall ? ["write"] : []).Name)];
        foreach (string name in names)
            File.WriteAllText($"/proc/{Engine.Get(name).Pid}/root/data", "written by the container");
        TargetState[] before = [.. names.Select(name => TargetState.Read(Engine, name))];
        using Process shell = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(FaultOwner).Assembly.Location, Root.DataRoot, Root.RunRoot, Root.CgroupParent, .. names.Zip(steps).SelectMany(pair => (string[])[pair.First, pair.Second])])
        {
            RedirectStandardOutput = true,
        })!;
        var watchdogs = new PidFd?[steps.Length];
        try
        {
            for (int i = 0; i < steps.Length; i++)
            {
                string said = shell.StandardOutput.ReadLine() ?? "the shell ended.";
                _faults[steps[i]] = new KilledFault { Said = said, Before = before[i] };
                if (!_faults[steps[i]].IsApplied)
                    continue;
                watchdogs[i] = OpenWatchdog(said);
            }

            // The last one can need a moment, or grow: what is asked is that each is in force.
            for (int i = 0; i < steps.Length; i++)
                _faults[steps[i]].During = TargetState.Read(Engine, names[i]);
        }
        finally
        {
            shell.Kill();
            shell.WaitForExit();
        }

        long killed = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps.Length; i++)
        {
            KilledFault fault = _faults[steps[i]];
            using PidFd? watchdog = watchdogs[i];
            fault.HasWatchdogEnded = watchdog?.WaitForEnd(Patience) ?? false;
            // Orphans end by themselves, and PID 1 reaps them.
            while ((fault.After = TargetState.Read(Engine, names[i])) != fault.Before && Stopwatch.GetElapsedTime(killed) < Patience)
                Thread.Sleep(1);
            fault.Took = Stopwatch.GetElapsedTime(killed);
        }

        Left = [.. Injector.Ledger.List().Select(record => record.ToString())];
    }

    /// <summary>5 s, and on a machine that others overload in proportion more.</summary>
    internal static TimeSpan Promise =>
        TimeSpan.FromSeconds(5 * Math.Max(1, double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) / Environment.ProcessorCount));

    /// <summary>What the ledger still had.</summary>
    internal IReadOnlyList<string> Left { get; }

    internal KilledFault this[string step] => _faults[step];
}
