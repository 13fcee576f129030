using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>A group in the unified hierarchy (cgroup-v2.rst).</summary>
internal sealed class CgroupV2 : Cgroup
{
    private const string Controllers = "+memory +pids +cpu";

    private readonly string _directory;

    internal CgroupV2(CgroupHost host, string path)
        : base(host, path) => _directory = host.UnifiedMountPoint + path;

    public override IReadOnlyList<string> Directories => [_directory];

    public override IReadOnlyList<string> JoinFiles => [];

    protected override string PidsDirectory => _directory;

    public override void Create()
    {
        // The group itself first: while it is there, no other container's end removes the groups above it as empty.
        CgroupDirectory.Create(_directory);
        // A controller is there for a group only if every group above it passes it on (Enabling and Disabling).
        PassOn(System.IO.Path.GetDirectoryName(_directory)!);
    }

    public override void SetLimits(CgroupLimits limits)
    {
        if (limits.MemoryBytes is { } bytes)
        {
            CgroupDirectory.Write(_directory, "memory.max", Limit(bytes));
            if (limits.MemoryAndSwapBytes is { } total && File.Exists(System.IO.Path.Combine(_directory, "memory.swap.max")))
                CgroupDirectory.Write(_directory, "memory.swap.max", total < 0 ? "max" : Number(total - bytes));
        }
        if (limits.Pids is { } pids)
            CgroupDirectory.Write(_directory, "pids.max", pids <= 0 ? "max" : Number(pids));
        if (limits.CpuQuota is not null || limits.CpuPeriod is not null)
        {
            var period = limits.CpuPeriod ?? 100_000;
            CgroupDirectory.Write(_directory, "cpu.max", $"{Limit(limits.CpuQuota ?? -1)} {period}");
        }
        // runtime-spec, config-linux: shares 2..262144 map to weight 1..10000.
        if (limits.CpuShares is { } shares and > 0)
            CgroupDirectory.Write(_directory, "cpu.weight", Number((long)(1 + ((Math.Clamp(shares, 2, 262144) - 2) * 9999 / 262142))));
    }

    public override FileDescriptor? OpenForClone() =>
        FileDescriptor.Open(_directory, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);

    public override void Add(int pid) => WriteNumber(_directory, "cgroup.procs", pid);

    public override void Freeze(TimeSpan timeout)
    {
        using var events = FileDescriptor.Open(System.IO.Path.Combine(_directory, "cgroup.events"), OpenFlags.O_RDONLY);
        using var poll = new EventPoll();
        poll.Add(events, EventPollFlags.EPOLLPRI, 0);
        CgroupDirectory.Write(_directory, "cgroup.freeze", "1");
        var started = Stopwatch.GetTimestamp();
        while (ReadKey(_directory, "cgroup.events", "frozen") != 1)
        {
            var left = timeout - Stopwatch.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                Thaw();
                throw new ErrnoException(Errno.ETIMEDOUT, "freeze", Path);
            }
            poll.Wait(left, static (_, _) => { });
        }
    }

    public override void Thaw() => CgroupDirectory.Write(_directory, "cgroup.freeze", "0");

    public override long ReadOomKills() => ReadKey(_directory, "memory.events", "oom_kill");

    public override CgroupOomWatch WatchOom() => new(
        FileDescriptor.Open(System.IO.Path.Combine(_directory, "memory.events"), OpenFlags.O_RDONLY),
        control: null,
        signalsBeforeKill: false);

    public override long ReadMemoryBytes() => ReadNumber(_directory, "memory.current");

    private void PassOn(string above)
    {
        var root = Host.UnifiedMountPoint!;
        var ladder = new StringBuilder(root);
        var names = above[root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i <= names.Length; i++)
        {
            var directory = ladder.ToString();
            var active = ReadText(directory, "cgroup.subtree_control").Split(' ');
            var missing = Controllers.Split(' ').Where(c => !active.Contains(c[1..])).ToArray();
            if (missing.Length > 0)
                CgroupDirectory.Write(directory, "cgroup.subtree_control", string.Join(' ', missing));
            if (i < names.Length)
                ladder.Append('/').Append(names[i]);
        }
    }

    private static string Limit(long value) => value < 0 ? "max" : Number(value);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
