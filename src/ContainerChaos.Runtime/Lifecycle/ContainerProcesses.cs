using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Which processes are a container's, by the host's PIDs.</summary>
internal static class ContainerProcesses
{
    /// <summary>
    /// Those in its control group. Where it has none, those of its pid namespace with all that descend from them; without
    /// such a namespace, the first process with its descendants, as far as their parents live.
    /// </summary>
    internal static IReadOnlyList<int> Of(StoredContainer container)
    {
        if (container.Cgroup() is { Group.Exists: true } cgroup)
            return cgroup.Pids();
        using var first = container.OpenProcess();
        if (first is null)
            return [];
        var pid = container.Record!.Pid;
        var parents = new Dictionary<int, int>();
        foreach (var other in ProcessList.Pids())
        {
            if (ProcessStatus.TryRead(other) is { } status)
                parents[other] = status.ParentPid;
        }
        var own = ContainerRemoval.HasOwnPids(container.Spec) && ProcessNamespace.TryReadPidNamespace(pid, out var inode)
            ? parents.Keys.Where(other => ProcessNamespace.TryReadPidNamespace(other, out var its) && its == inode).ToHashSet()
            : [pid];
        return [.. parents.Keys.Where(Descends).Order()];

        bool Descends(int other)
        {
            for (var i = 0; i < parents.Count; i++)
            {
                if (own.Contains(other))
                    return true;
                if (!parents.TryGetValue(other, out other))
                    return false;
            }
            return false;
        }
    }
}
