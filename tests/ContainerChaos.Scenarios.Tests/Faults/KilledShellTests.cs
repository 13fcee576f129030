using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>The shell is killed in the middle of a fault, and nothing is left of it.</summary>
public sealed class KilledShellTests : FaultTest
{
    [Fact]
    public void After_SIGKILL_of_the_shell_nothing_is_left_of_any_fault()
    {
        // With an init: whether orphans are reaped is PID 1's doing, and this is about ours.
        Run(init: true);
        foreach ((string step, Func<TargetState, TargetState, bool> isInForce) in Faults())
            Kill(step, isInForce);
    }

    private static IEnumerable<(string Step, Func<TargetState, TargetState, bool> IsInForce)> Faults() =>
    [
        ("action: freeze", (before, now) => now.Freezer != before.Freezer),
        ("action: sigstop", (_, now) => now.InitState == 'T'),
        ("action: sigstop, only-init: true", (_, now) => now.InitState == 'T'),
        ("action: signal-storm, signal: CONT", (_, _) => true),
        ("action: zombie, count: 20", (_, now) => now.Zombies == 20),
        ("action: orphan, count: 20", (before, now) => now.Pids == before.Pids + 20),
        ("action: fork-bomb", (_, now) => now.Pids == 64),
        ("action: thread, count: 10", (before, now) => now.Pids > before.Pids + 10 && now.Loads == 1),
        ("action: file-descriptor", (before, now) => now.FileLimit < before.FileLimit),
        ("action: nice, value: 10", (_, now) => now.Nice == 10),
        ("action: cpu-weight, weight: 1", (before, now) => now.CpuWeight != before.CpuWeight),
        ("action: cpu, processors: 1", (_, now) => now.Loads == 1),
        ("action: cpu-quota, processors: 0.2", (before, now) => now.CpuQuota != before.CpuQuota),
        ("action: cpu-throttle, processors: 0.2, period: 1m", (before, now) => now.CpuQuota != before.CpuQuota),
        ("action: noisy-neighbour", (before, now) => now.Groups == before.Groups + 1),
        ("action: memory-overrun, rate: 1m", (_, now) => now is { OomScoreAdjustment: "1000", Loads: 1 }),
        ("action: memory-limit, limit: 40m", (before, now) => now.MemoryLimit != before.MemoryLimit),
        ("action: memory-pressure, share: 1", (before, now) => now.MemoryLimit != before.MemoryLimit),
        ("action: disk-fill, path: /dev/shm, size: 8m", (before, now) => now.SharedMemory == before.SharedMemory - (8 << 20)),
        ("action: inode, path: /dev/shm, count: 100", (_, now) => now.SharedFiles == 100),
    ];

    private void Kill(string step, Func<TargetState, TargetState, bool> isInForce)
    {
        TargetState before = TargetState.Read(Engine, Name);
        using Process shell = Process.Start(new ProcessStartInfo("dotnet", [typeof(FaultOwner).Assembly.Location, Root.DataRoot, Root.RunRoot, Root.CgroupParent, Name, step])
        {
            RedirectStandardOutput = true,
        })!;
        try
        {
            string id = shell.StandardOutput.ReadLine() ?? throw new InvalidOperationException($"{step}: the fault could not be started.");
            using PidFd opened = OpenWatchdog(id);
            TargetState during = TargetState.Read(Engine, Name);
            Assert.True(isInForce(before, during), $"{step} does nothing: {during}");
            shell.Kill();
            Assert.True(opened.WaitForEnd(Patience), $"{step}: the watchdog is still there.");
        }
        finally
        {
            shell.Kill();
            shell.WaitForExit();
        }

        Assert.Empty(Injector.Ledger.List());
        // Orphans end by themselves, and PID 1 reaps them.
        long left = Stopwatch.GetTimestamp();
        TargetState after;
        while ((after = TargetState.Read(Engine, Name)) != before && Stopwatch.GetElapsedTime(left) < Patience)
            Thread.Yield();
        Assert.Equal(before, after);
    }
}
