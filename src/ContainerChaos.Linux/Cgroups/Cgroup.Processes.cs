using System.Diagnostics;

namespace ContainerChaos.Linux;

// The processes of a group: listing, freezing and ending them.
public sealed partial class Cgroup
{
    private const int SIGKILL = 9;

    /// <summary>Whether the group is frozen, or about to be.</summary>
    public bool IsFrozen => TryFind("freezer") switch
    {
        null => false,
        var part when !Directory.Exists(part.Directory) => false,
        { IsUnified: true } part => CgroupDirectory.Read(part.Directory, "cgroup.freeze") == "1",
        var part => CgroupDirectory.Read(part.Directory, "freezer.self_freezing") == "1",
    };

    /// <summary>The processes in the group and in the groups below it.</summary>
    public IReadOnlyList<int> Pids() =>
        Main is { } part ? [.. CgroupDirectory.Below(part.Directory).Prepend(part.Directory).SelectMany(CgroupDirectory.Pids).Distinct()] : [];

    /// <summary>Freezes every process of the group, and returns when all are (freezer; cgroup.freeze).</summary>
    /// <exception cref="ErrnoException">ENODEV: there is no freezer; ETIMEDOUT: a process did not freeze within the time.</exception>
    public void Freeze(TimeSpan timeout) => CgroupFreezer.Freeze(Find("freezer").Directory, timeout);

    /// <summary>Lets a frozen group go on.</summary>
    public void Thaw() => CgroupFreezer.Thaw(Find("freezer").Directory);

    /// <summary>Sends a signal to every process of the group and of the groups below it.</summary>
    /// <param name="signal">The signal; SIGKILL reaches also those that are forked meanwhile.</param>
    public void SendSignal(int signal)
    {
        if (signal == SIGKILL && TryKillAtOnce())
            return;
        // Frozen, it can't fork faster than it is signalled. A version 1 group delivers the signals when it is thawed.
        var froze = signal == SIGKILL && TryFreeze();
        try
        {
            foreach (var pid in Pids())
            {
                using var process = PidFd.TryOpen(pid);
                // Still a member once it is held: the PID was not reused in between.
                if (process is not null && Pids().Contains(pid))
                    process.SendSignal(signal);
            }
        }
        finally
        {
            if (froze)
                Thaw();
        }
    }

    /// <summary>Ends every process of the group with SIGKILL, and returns when all are gone. A frozen group is thawed first by the caller.</summary>
    /// <exception cref="ErrnoException">ETIMEDOUT: one did not end, or new ones came faster than they ended.</exception>
    public void EndProcesses(TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        while (Pids() is { Count: > 0 })
        {
            SendSignal(SIGKILL);
            var left = timeout - Stopwatch.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || !AwaitEnd(left))
                throw new ErrnoException(Errno.ETIMEDOUT, "kill", Path);
        }
    }

    /// <summary>Waits until the processes that are in the group now have ended; false when the time is over first.</summary>
    private bool AwaitEnd(TimeSpan timeout)
    {
        if (Unified is { } unified && unified == Main)
            return CgroupDirectory.AwaitEvent(unified.Directory, "populated", 0, timeout);
        // Version 1 tells of an empty group only through a release agent, so each process is waited for.
        var started = Stopwatch.GetTimestamp();
        var pids = Pids();
        if (pids.Count == 0)
            Thread.Yield();
        foreach (var pid in pids)
        {
            using var process = PidFd.TryOpen(pid);
            if (process is null || !Pids().Contains(pid))
                continue;
            using var poll = new EventPoll();
            poll.Add(process, EventPollFlags.EPOLLIN, 0);
            var left = timeout - Stopwatch.GetElapsedTime(started);
            if (left <= TimeSpan.Zero || poll.Wait(left, static (_, _) => { }) == 0)
                return false;
        }
        return true;
    }

    /// <summary><c>cgroup.kill</c> ends a whole subtree, new forks included (cgroup-v2.rst, Linux 5.14).</summary>
    private bool TryKillAtOnce()
    {
        if (Unified is not { } part || part != Main || !File.Exists(part.Directory + "/cgroup.kill"))
            return false;
        try
        {
            CgroupDirectory.Write(part.Directory, "cgroup.kill", "1");
            return true;
        }
        catch (ErrnoException e) when (e.Errno == Errno.EOPNOTSUPP)
        {
            return false;
        }
    }

    private bool TryFreeze()
    {
        if (!Has("freezer") || IsFrozen)
            return Has("freezer");
        try
        {
            Freeze(TimeSpan.FromSeconds(1));
            return true;
        }
        catch (ErrnoException)
        {
            return false;
        }
    }
}
