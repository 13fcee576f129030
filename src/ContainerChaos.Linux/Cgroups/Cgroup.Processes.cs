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
    public void Freeze(TimeSpan timeout)
    {
        var part = Find("freezer");
        var started = Stopwatch.GetTimestamp();
        if (part.IsUnified)
        {
            CgroupDirectory.Write(part.Directory, "cgroup.freeze", "1");
            if (!AwaitEvent(part, "frozen", 1, timeout))
                throw TimedOut();
            return;
        }
        // freezer-subsystem.txt: a write of FROZEN may leave the state at FREEZING; reading it makes the kernel look
        // again, and there is nothing to wait on, so it is read with a growing pause.
        CgroupDirectory.Write(part.Directory, "freezer.state", "FROZEN");
        for (var pause = 0; CgroupDirectory.Read(part.Directory, "freezer.state") != "FROZEN"; pause = Math.Min(pause + 1, 10))
        {
            if (Stopwatch.GetElapsedTime(started) > timeout)
                throw TimedOut();
            Thread.Sleep(pause);
        }

        ErrnoException TimedOut()
        {
            Thaw();
            return new ErrnoException(Errno.ETIMEDOUT, "freeze", Path);
        }
    }

    /// <summary>Lets a frozen group go on.</summary>
    public void Thaw()
    {
        var part = Find("freezer");
        if (part.IsUnified)
            CgroupDirectory.Write(part.Directory, "cgroup.freeze", "0");
        else
            CgroupDirectory.Write(part.Directory, "freezer.state", "THAWED");
    }

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
            return AwaitEvent(unified, "populated", 0, timeout);
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

    /// <summary>Waits for a value in <c>cgroup.events</c>, which announces its changes (cgroup-v2.rst).</summary>
    private static bool AwaitEvent(CgroupPart part, string key, long value, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        using var events = FileDescriptor.TryOpen(part.Directory + "/cgroup.events", OpenFlags.O_RDONLY, 0, out _);
        if (events is null)
            return true;
        using var poll = new EventPoll();
        poll.Add(events, EventPollFlags.EPOLLPRI, 0);
        while (ReadKey(part, "cgroup.events", key) != value)
        {
            var left = timeout - Stopwatch.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                return false;
            poll.Wait(left, static (_, _) => { });
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
