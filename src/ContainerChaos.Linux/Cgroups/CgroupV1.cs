using System.Diagnostics;
using System.Globalization;

namespace ContainerChaos.Linux;

/// <summary>A group in the version 1 hierarchies that a container needs: memory, pids, cpu and freezer.</summary>
internal sealed class CgroupV1 : Cgroup
{
    private readonly string _memory;
    private readonly string _cpu;
    private readonly string _freezer;

    internal CgroupV1(CgroupHost host, string path)
        : base(host, path)
    {
        _memory = DirectoryOf("memory");
        PidsDirectory = DirectoryOf("pids");
        _cpu = DirectoryOf("cpu");
        _freezer = DirectoryOf("freezer");
        Directories = [.. new[] { _memory, PidsDirectory, _cpu, _freezer }.Distinct()];
    }

    public override IReadOnlyList<string> Directories { get; }

    public override IReadOnlyList<string> JoinFiles => [.. Directories.Select(directory => directory + "/tasks")];

    protected override string PidsDirectory { get; }

    public override void Create()
    {
        foreach (var directory in Directories)
            CgroupDirectory.Create(directory);
    }

    public override void SetLimits(CgroupLimits limits)
    {
        SetMemory(limits);
        if (limits.Pids is { } pids)
            CgroupDirectory.Write(PidsDirectory, "pids.max", pids <= 0 ? "max" : pids.ToString(CultureInfo.InvariantCulture));
        if (limits.CpuShares is { } shares)
            WriteNumber(_cpu, "cpu.shares", (long)shares);
        if (limits.CpuPeriod is { } period)
            WriteNumber(_cpu, "cpu.cfs_period_us", (long)period);
        if (limits.CpuQuota is { } quota)
            WriteNumber(_cpu, "cpu.cfs_quota_us", quota);
    }

    public override FileDescriptor? OpenForClone() => null;

    public override void Add(int pid)
    {
        foreach (var directory in Directories)
            WriteNumber(directory, "cgroup.procs", pid);
    }

    public override void Freeze(TimeSpan timeout)
    {
        // freezer-subsystem.txt: a write of FROZEN may leave the state at FREEZING; reading it makes the kernel look
        // again, and there is nothing to wait on, so it is read with a growing pause.
        CgroupDirectory.Write(_freezer, "freezer.state", "FROZEN");
        var started = Stopwatch.GetTimestamp();
        for (var pause = 0; ReadText(_freezer, "freezer.state") != "FROZEN"; pause = Math.Min(pause + 1, 10))
        {
            if (Stopwatch.GetElapsedTime(started) > timeout)
            {
                Thaw();
                throw new ErrnoException(Errno.ETIMEDOUT, "freeze", Path);
            }
            Thread.Sleep(pause);
        }
    }

    public override void Thaw() => CgroupDirectory.Write(_freezer, "freezer.state", "THAWED");

    public override long ReadOomKills() => ReadKey(_memory, "memory.oom_control", "oom_kill");

    public override CgroupOomWatch WatchOom()
    {
        // memory.txt, 10: an eventfd and the descriptor of memory.oom_control, written to cgroup.event_control.
        var events = EventFd.Create();
        var control = FileDescriptor.Open(System.IO.Path.Combine(_memory, "memory.oom_control"), OpenFlags.O_RDONLY);
        CgroupDirectory.Write(_memory, "cgroup.event_control", $"{events.Number} {control.Number}");
        return new CgroupOomWatch(events, control, signalsBeforeKill: true);
    }

    public override long ReadMemoryBytes() => ReadNumber(_memory, "memory.usage_in_bytes");

    private void SetMemory(CgroupLimits limits)
    {
        if (limits.MemoryBytes is not { } bytes)
            return;
        // The limit with swap may never be below the one without; a raised pair is written from the larger end.
        const string limit = "memory.limit_in_bytes", withSwap = "memory.memsw.limit_in_bytes";
        var hasSwap = limits.MemoryAndSwapBytes is not null && File.Exists(System.IO.Path.Combine(_memory, withSwap));
        if (!hasSwap)
        {
            WriteNumber(_memory, limit, bytes);
            return;
        }
        var total = limits.MemoryAndSwapBytes!.Value;
        var raise = total < 0 || total > ReadNumber(_memory, withSwap);
        if (raise)
            WriteNumber(_memory, withSwap, total);
        WriteNumber(_memory, limit, bytes);
        if (!raise)
            WriteNumber(_memory, withSwap, total);
    }

    private string DirectoryOf(string controller)
    {
        var hierarchy = Host.Find(controller)
            ?? throw new ErrnoException(Errno.ENODEV, "cgroup", $"(the {controller} controller is not mounted as version 1)");
        return hierarchy.MountPoint + Path;
    }
}
