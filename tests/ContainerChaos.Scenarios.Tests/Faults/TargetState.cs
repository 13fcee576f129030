using System.Globalization;
using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>What faults change of a container, as the kernel has it.</summary>
internal sealed record TargetState
{
    public required string Freezer { get; init; }

    public required string MemoryLimit { get; init; }

    public required string CpuQuota { get; init; }

    public required string CpuWeight { get; init; }

    public required long Pids { get; init; }

    public required int Zombies { get; init; }

    public required char InitState { get; init; }

    public required char MonitorState { get; init; }

    public required ulong FileLimit { get; init; }

    public required int Nice { get; init; }

    public required string OomScoreAdjustment { get; init; }

    public required long SharedMemory { get; init; }

    public required int SharedFiles { get; init; }

    /// <summary>The groups of noisy neighbours, beside the target.</summary>
    public required int Neighbours { get; init; }

    public required int Loads { get; init; }

    /// <summary>The io limits; empty where the host has no such controller.</summary>
    public required string Io { get; init; }

    public required bool IsRootReadOnly { get; init; }

    /// <summary>What /data has, null when there is no such file.</summary>
    public required string? Data { get; init; }

    /// <summary>Whether a container with fault points can't write to a file.</summary>
    public required bool DoWritesFail { get; init; }

    public required bool HasOtherClocks { get; init; }

    public required bool IsDirectoryReadOnly { get; init; }

    public required int HiddenFiles { get; init; }

    public static TargetState Read(ContainerEngine engine, string name)
    {
        ChaosTarget target = ChaosTarget.Of(engine.Get(name));
        ProcessCgroup cgroup = ProcessCgroup.TryRead(target.Pid)!;
        string Text(string controller, string version1, string version2) =>
            File.ReadAllText(Path.Combine(cgroup.Find(controller)!, cgroup.IsUnified(controller) ? version2 : version1)).Trim();
        string shared = $"/proc/{target.Pid}/root/dev/shm";
        ProcessStat.TryRead(target.Pid, out ProcessStat stat);
        string above = Path.GetDirectoryName(cgroup.Find("cpu")!)!;
        return new TargetState
        {
            Freezer = Text("freezer", "freezer.state", "cgroup.freeze"),
            MemoryLimit = Text("memory", "memory.limit_in_bytes", "memory.max") + (cgroup.IsUnified("memory") ? " " + Text("memory", "", "memory.high") : ""),
            CpuQuota = Text("cpu", "cpu.cfs_quota_us", "cpu.max"),
            CpuWeight = Text("cpu", "cpu.shares", "cpu.weight"),
            Pids = long.Parse(Text("pids", "pids.current", "pids.current"), CultureInfo.InvariantCulture),
            Zombies = engine.CountZombies(name),
            // Whether it runs or sleeps is its own business.
            InitState = stat.State is 'R' or 'D' ? 'S' : stat.State,
            MonitorState = ReadState(engine.Get(name).RootPath),
            FileLimit = ProcessTuning.ReadLimit(target.Pid, 7).Soft,
            Nice = ProcessTuning.ReadNice(target.Pid),
            OomScoreAdjustment = File.ReadAllText($"/proc/{target.Pid}/oom_score_adj").Trim(),
            SharedMemory = new DriveInfo(shared).AvailableFreeSpace,
            SharedFiles = Directory.EnumerateDirectories(shared).Sum(folder => Directory.EnumerateFiles(folder).Count()),
            Neighbours = Directory.EnumerateDirectories(above, "neighbour-*").Count(),
            Io = cgroup.Find("blkio") is not { } io ? "" : cgroup.IsUnified("blkio") ? Text("blkio", "", "io.max") : Text("blkio", "blkio.throttle.read_bps_device", "") + Text("blkio", "blkio.throttle.write_bps_device", ""),
            IsRootReadOnly = MountInfo.Read($"/proc/{target.Pid}/mountinfo").Any(m => m is { MountPoint: "/", IsReadOnly: true }),
            Data = File.Exists($"/proc/{target.Pid}/root/data") ? File.ReadAllText($"/proc/{target.Pid}/root/data", System.Text.Encoding.Latin1) : null,
            DoWritesFail = target.Container!.FaultPoints.Count > 0
                && WorkloadRequest.Send(new System.Net.Sockets.UnixDomainSocketEndPoint($"/proc/{target.Pid}/root/http.sock"), "/fill?mb=0.001", TimeSpan.FromSeconds(60), CancellationToken.None).Status != 200,
            HasOtherClocks = TimeNamespace.HasOffsets(target.Pid),
            IsDirectoryReadOnly = SealedDirectory.IsSealed(target.Container.RootPath),
            HiddenFiles = Directory.EnumerateFiles($"/proc/{target.Pid}/root", ".containerchaos-*").Count(),
            Loads = cgroup.Pids("pids").Count(pid => ProcessCommandLine.TryRead(pid)?.StartsWith("ccrun load", StringComparison.Ordinal) == true),
        };
    }

    /// <summary>Whether its monitor runs (S) or is stopped (T).</summary>
    private static char ReadState(string directory)
    {
        using var state = System.Text.Json.JsonDocument.Parse(File.ReadAllText(Path.Combine(directory, "state.json")));
        ProcessStat.TryRead(state.RootElement.GetProperty("monitorPid").GetInt32(), out ProcessStat stat);
        return stat.State is 'R' or 'D' ? 'S' : stat.State;
    }
}
