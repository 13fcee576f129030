using ContainerChaos.Linux;

namespace ContainerChaos.Engine;

/// <summary>The processes of one container, found by the PID namespace of its PID 1 among all of the host's.</summary>
/// <remarks>
/// A control group lists no zombies (cgroup.procs leaves them out), and they are what this is most asked for. Processes in a PID
/// namespace below the container's are not listed; making one takes a privilege that containers do not have. Where a container shares
/// its PID namespace, the control group says which of the processes are its own, and zombies are missing on version 1.
/// </remarks>
internal static class ProcessTable
{
    /// <summary>The processes, by the container's PID; empty when PID 1 is gone.</summary>
    /// <param name="container">The container's name.</param>
    /// <param name="initPid">The host's PID of PID 1.</param>
    /// <param name="initStartTime">Its start time, so that a reused PID is not taken for it.</param>
    /// <param name="group">The name of its control group, for a container without a PID namespace of its own; null for the others.</param>
    public static IReadOnlyList<ContainerProcess> Read(string container, int initPid, ulong initStartTime, string? group = null)
    {
        var bootTime = SystemUptime.ReadBootTime();
        var found = new List<(ContainerProcess Process, int HostParent)>();
        var pids = new Dictionary<int, int>();
        var users = ReadUsers(initPid);
        foreach (var hostPid in Find(initPid, initStartTime, group))
        {
            // It may vanish between any two reads; then it is no process of the container any more.
            if (ProcessStatus.TryRead(hostPid) is not { NamespacePids: { Count: >= 1 } namespacePids } status || !ProcessStat.TryRead(hostPid, out var stat))
                continue;
            var pid = namespacePids[^1];
            pids[hostPid] = pid;
            found.Add((new ContainerProcess
            {
                Container = container,
                HostPid = hostPid,
                Pid = pid,
                ParentPid = 0,
                State = ToState(stat.State),
                RssBytes = status.RssBytes,
                Command = ProcessCommandLine.TryRead(hostPid) is { Length: > 0 } command ? command : $"[{stat.Name}]",
                StartedAt = SystemUptime.ToTime(bootTime, stat.StartTime),
                UserId = status.UserId,
                User = users.NameOf(OrdinaryUser.Maps?.UserInside((uint)status.UserId) ?? (uint)status.UserId),
                CpuTime = TimeSpan.FromSeconds(stat.ProcessorTicks / (double)SystemUptime.TicksPerSecond),
                Terminal = TerminalName(stat.Terminal),
                Threads = stat.Threads,
            }, stat.ParentPid));
        }

        return [.. found
            .Select(entry => entry.Process with { ParentPid = pids.GetValueOrDefault(entry.HostParent) })
            .OrderBy(process => process.Pid)];
    }

    /// <summary>How many of them are dead and not reaped.</summary>
    public static int CountZombies(int initPid, ulong initStartTime, string? group = null)
    {
        var count = 0;
        foreach (var hostPid in Find(initPid, initStartTime, group))
        {
            if (hostPid != initPid && ProcessStat.TryRead(hostPid, out var stat) && stat.State == 'Z')
                count++;
        }

        return count;
    }

    /// <summary>The host's PID of a process that the container knows by another; null when there is none.</summary>
    public static int? FindHostPid(int initPid, ulong initStartTime, int containerPid, string? group = null)
    {
        if (containerPid == 1)
            return initPid;
        foreach (var hostPid in Find(initPid, initStartTime, group))
        {
            if (ProcessStatus.TryRead(hostPid) is { NamespacePids: { Count: >= 1 } pids } && pids[^1] == containerPid)
                return hostPid;
        }

        return null;
    }

    private static PasswordFile ReadUsers(int initPid)
    {
        try
        {
            using var root = UnixDirectory.Open($"/proc/{initPid}/root");
            return PasswordFile.Read(root);
        }
        catch (ErrnoException)
        {
            // It is gone, or may not be looked into: then there are numbers.
            return new PasswordFile([]);
        }
    }

    /// <summary>A terminal of the container's devpts by its device number (proc_pid_stat(5), tty_nr: the minor is in bits 31 to 20 and 7 to 0).</summary>
    private static string? TerminalName(int device)
    {
        const int firstPts = 136, lastPts = 143;
        var (major, minor) = ((device >> 8) & 0xFFF, ((device >> 12) & 0xFFF00) | (device & 0xFF));
        return device == 0 ? null
            : major is >= firstPts and <= lastPts ? $"pts/{((major - firstPts) << 20) + minor}"
            : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{major}:{minor}");
    }

    private static IEnumerable<int> Find(int initPid, ulong initStartTime, string? group)
    {
        if (!ProcessNamespace.TryReadPidNamespace(initPid, out var container) || ProcessStat.TryReadStartTime(initPid) != initStartTime)
            yield break;
        foreach (var pid in ProcessList.Pids())
        {
            if (ProcessNamespace.TryReadPidNamespace(pid, out var inode) && inode == container && (group is null || ProcessCgroup.Mentions(pid, group)))
                yield return pid;
        }
    }

    private static ContainerProcessState ToState(char letter) => letter switch
    {
        'R' => ContainerProcessState.Running,
        'S' => ContainerProcessState.Sleeping,
        'D' => ContainerProcessState.DiskSleep,
        'T' => ContainerProcessState.Stopped,
        't' => ContainerProcessState.Traced,
        'Z' => ContainerProcessState.Zombie,
        'X' or 'x' => ContainerProcessState.Dead,
        'I' => ContainerProcessState.Idle,
        _ => ContainerProcessState.Unknown,
    };
}
