namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>The shell is killed in the middle of a fault, and nothing is left of it.</summary>
public sealed class KilledShellTests(KilledShell shell) : IClassFixture<KilledShell>
{
    /// <summary>The faults that last, and how it is seen that each is in force.</summary>
    internal static IReadOnlyDictionary<string, Func<TargetState, TargetState, bool>> InForce { get; } = new Dictionary<string, Func<TargetState, TargetState, bool>>
    {
        ["action: freeze"] = (before, now) => now.Freezer != before.Freezer,
        ["action: sigstop"] = (_, now) => now.InitState == 'T',
        ["action: sigstop, only-init: true"] = (_, now) => now.InitState == 'T',
        ["action: signal-storm, signal: CONT"] = (_, _) => true,
        ["action: zombie, count: 20"] = (_, now) => now.Zombies == 20,
        ["action: orphan, count: 20"] = (before, now) => now.Pids == before.Pids + 20,
        ["action: fork-bomb"] = (_, now) => now.Pids == 64,
        ["action: thread, count: 10"] = (before, now) => now.Pids > before.Pids + 10 && now.Loads == 1,
        ["action: file-descriptor"] = (before, now) => now.FileLimit < before.FileLimit,
        ["action: nice, value: 10"] = (_, now) => now.Nice == 10,
        ["action: cpu-weight, weight: 1"] = (before, now) => now.CpuWeight != before.CpuWeight,
        ["action: cpu, processors: 1"] = (_, now) => now.Loads == 1,
        ["action: cpu-quota, processors: 0.2"] = (before, now) => now.CpuQuota != before.CpuQuota,
        ["action: cpu-throttle, processors: 0.2, period: 1m"] = (before, now) => now.CpuQuota != before.CpuQuota,
        ["action: noisy-neighbour"] = (_, now) => now.Neighbours == 1,
        ["action: memory-overrun, rate: 1m"] = (_, now) => now is { OomScoreAdjustment: "1000", Loads: 1 },
        ["action: memory-limit, limit: 40m"] = (before, now) => now.MemoryLimit != before.MemoryLimit,
        ["action: memory-pressure, share: 1"] = (before, now) => now.MemoryLimit != before.MemoryLimit,
        ["action: disk-fill, path: /dev/shm, size: 8m"] = (before, now) => now.SharedMemory == before.SharedMemory - (8 << 20),
        ["action: inode, path: /dev/shm, count: 100"] = (_, now) => now.SharedFiles == 100,
        ["action: read-only"] = (_, now) => now.IsRootReadOnly,
        ["action: corrupt-file, path: /data, bytes: 8"] = (before, now) => now.Data != before.Data && now.Data!.Length == before.Data!.Length,
        ["action: delete-file, path: /data"] = (before, now) => now.Data is null && now.HiddenFiles == before.HiddenFiles + 1,
        ["action: monitor-stall"] = (_, now) => now.MonitorState == 'T',
        ["action: clock-offset, offset: 60m"] = (before, now) => now.HasOtherClocks && !before.HasOtherClocks,
        ["action: state-directory"] = (before, now) => now.IsDirectoryReadOnly && !before.IsDirectoryReadOnly,
        [Syscall] = (before, now) => now.DoWritesFail && !before.DoWritesFail,
        [IoThrottle] = (before, now) => now.Io != before.Io && now.Io.Contains("1048576", StringComparison.Ordinal),
    };

    /// <summary>Done to a container whose writable layer has a disk of its own, wherever the test's files are.</summary>
    internal const string IoThrottle = "action: io-throttle, rate: 1m";

    /// <summary>Done to a container with a fault point.</summary>
    internal const string Syscall = "action: syscall, calls: [write], errno: EIO, path: /fill";

    public static TheoryData<string> Steps => [.. InForce.Keys.Where(step => step != IoThrottle)];

    [Theory]
    [MemberData(nameof(Steps))]
    public void After_SIGKILL_of_the_shell_nothing_is_left_of_the_fault(string step) => AssertNothingIsLeft(step);

    [IoControllerFact]
    public void After_SIGKILL_of_the_shell_nothing_is_left_of_a_throttled_disk() => AssertNothingIsLeft(IoThrottle);

    private void AssertNothingIsLeft(string step)
    {
        KilledFault fault = shell[step];
        Assert.True(fault.IsApplied, fault.Said);
        Assert.True(InForce[step](fault.Before, fault.During!), $"It does nothing: {fault.During}");
        Assert.True(fault.HasWatchdogEnded, "The watchdog is still there.");
        Assert.Equal(fault.Before, fault.After);
        Assert.DoesNotContain(shell.Left, entry => entry.Contains(fault.Said, StringComparison.Ordinal));
        Assert.InRange(fault.Took, TimeSpan.Zero, KilledShell.Promise);
    }

    [Fact]
    public void The_catalogue_of_lasting_faults_is_covered() =>
        Assert.Equal(FaultSection.Names.Except(s_notHere).Order(), InForce.Keys.Select(step => step["action: ".Length..].Split(',')[0]).Distinct().Order());

    // Over at once; or over by what they do, see FaultEffectTests; or of another host than this one may be, or of another disk (RuntimeFaultTests). Those of the network: KilledNetworkShell.
    private static readonly string[] s_notHere =
    [
        "kill-process", "evict-page-cache", "monitor", "oom-child", "oom-group", "cpuset", "log-disk",
        .. KilledNetworkShell.Steps.Select(step => step["action: ".Length..].Split(',')[0]),
    ];
}
