using System.Globalization;

namespace ContainerChaos.Linux;

/// <summary>
/// A control group, the same way on version 1, hybrid and version 2: made, joined, limited, frozen, read and removed.
/// </summary>
public abstract class Cgroup
{
    private protected Cgroup(CgroupHost host, string path)
    {
        if (!path.StartsWith('/') || path.Split('/').Contains(".."))
            throw new ErrnoException(Errno.EINVAL, "cgroup", path);
        Host = host;
        Path = path;
    }

    /// <summary>The path below the root of each hierarchy.</summary>
    public string Path { get; }

    /// <summary>The host's hierarchies.</summary>
    protected CgroupHost Host { get; }

    /// <summary>The directories that this group consists of: one a hierarchy on version 1.</summary>
    public abstract IReadOnlyList<string> Directories { get; }

    /// <summary>Whether the group exists.</summary>
    public bool Exists => Directories.Any(Directory.Exists);

    /// <summary>Makes the group and the groups above it; one that exists is kept as it is.</summary>
    /// <exception cref="ErrnoException">EACCES, EROFS, ENOSPC, or ENODEV for a controller that can't be had.</exception>
    public abstract void Create();

    /// <summary>Sets limits.</summary>
    /// <exception cref="ErrnoException">A value is refused (EINVAL), or memory in use exceeds it (EBUSY).</exception>
    public abstract void SetLimits(CgroupLimits limits);

    /// <summary>
    /// The files that a new process writes <c>0</c> to, and is in the group; none on version 2, where it is born there.
    /// </summary>
    /// <remarks>
    /// On version 1 this is the cheap way in. A process that another one moves through <c>cgroup.procs</c> waits for an RCU
    /// grace period, 6 to 9 ms after a quiet spell. A thread that moves itself through <c>tasks</c> needs no lock on its
    /// thread group (cgroup_procs_write_start, Linux 5.17), and a fresh clone is one thread: 0.1 ms.
    /// </remarks>
    public abstract IReadOnlyList<string> JoinFiles { get; }

    /// <summary>The directory that clone3(2) can put a child into (CLONE_INTO_CGROUP); null on version 1, see <see cref="JoinFiles"/>.</summary>
    public abstract FileDescriptor? OpenForClone();

    /// <summary>Moves a process with all its threads into the group; on version 1 the slow way, see <see cref="JoinFiles"/>.</summary>
    public abstract void Add(int pid);

    /// <summary>Freezes every process of the group, and returns when all are (freezer; cgroup.freeze).</summary>
    /// <exception cref="ErrnoException">ETIMEDOUT: a process did not freeze within the time.</exception>
    public abstract void Freeze(TimeSpan timeout);

    /// <summary>Lets a frozen group go on.</summary>
    public abstract void Thaw();

    /// <summary>How many processes the OOM killer has ended in this group since it was made.</summary>
    public abstract long ReadOomKills();

    /// <summary>A descriptor that becomes ready when the group runs out of memory, for an event loop.</summary>
    public abstract CgroupOomWatch WatchOom();

    /// <summary>Bytes of memory charged to the group.</summary>
    public abstract long ReadMemoryBytes();

    /// <summary>How many processes and threads are charged to the group, zombies included.</summary>
    public long ReadPids() => ReadNumber(PidsDirectory, "pids.current");

    /// <summary>The limit on processes and threads; null for none.</summary>
    public long? ReadPidsLimit() =>
        ReadText(PidsDirectory, "pids.max") is var text && text == "max" ? null : long.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>The directory with the pids controller's files.</summary>
    protected abstract string PidsDirectory { get; }

    /// <summary>Ends every process of the group with SIGKILL, and returns when all are gone. A frozen group is thawed first by the caller.</summary>
    /// <exception cref="ErrnoException">ETIMEDOUT: one did not end, or new ones came faster than they ended.</exception>
    public void EndProcesses(TimeSpan timeout)
    {
        const int SIGKILL = 9;
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var members = System.IO.Path.Combine(PidsDirectory, "cgroup.procs");
        while (File.ReadAllLines(members) is { Length: > 0 } pids)
        {
            foreach (var pid in pids)
            {
                using var process = PidFd.TryOpen(int.Parse(pid, CultureInfo.InvariantCulture));
                // Still a member once it is held: the PID was not reused in between.
                if (process is null || !File.ReadLines(members).Contains(pid) || !process.SendSignal(SIGKILL))
                    continue;
                using var poll = new EventPoll();
                poll.Add(process, EventPollFlags.EPOLLIN, 0);
                var left = timeout - System.Diagnostics.Stopwatch.GetElapsedTime(started);
                if (left <= TimeSpan.Zero || poll.Wait(left, static (_, _) => { }) == 0)
                    throw new ErrnoException(Errno.ETIMEDOUT, "kill", Path);
            }
        }
    }

    /// <summary>Removes the group, and the group above it when that is left empty; what does not exist is no error.</summary>
    /// <returns>False when a process is still in it (EBUSY).</returns>
    public bool TryDelete()
    {
        var deleted = true;
        foreach (var directory in Directories)
        {
            deleted &= CgroupDirectory.TryRemove(directory);
            var parent = System.IO.Path.GetDirectoryName(directory)!;
            if (Path.Count(c => c == '/') > 1)
                CgroupDirectory.TryRemove(parent);
        }
        return deleted;
    }

    private protected static string ReadText(string directory, string file) =>
        File.ReadAllText(System.IO.Path.Combine(directory, file)).TrimEnd();

    private protected static long ReadNumber(string directory, string file) =>
        long.Parse(ReadText(directory, file), CultureInfo.InvariantCulture);

    private protected static void WriteNumber(string directory, string file, long value) =>
        CgroupDirectory.Write(directory, file, value.ToString(CultureInfo.InvariantCulture));

    /// <summary>The value behind a key in a flat-keyed file such as <c>memory.events</c>.</summary>
    private protected static long ReadKey(string directory, string file, string key)
    {
        foreach (var line in File.ReadLines(System.IO.Path.Combine(directory, file)))
        {
            if (line.StartsWith(key, StringComparison.Ordinal) && line.Length > key.Length && line[key.Length] == ' ')
                return long.Parse(line.AsSpan(key.Length + 1), CultureInfo.InvariantCulture);
        }
        return 0;
    }
}
