using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The group that a command executed in a container joins.</summary>
internal static class ExecCgroup
{
    /// <summary>Finds it.</summary>
    /// <param name="cgroup">The container's.</param>
    /// <param name="pid">Its first process.</param>
    /// <param name="requested">
    /// What <c>--cgroup</c> says: a path below the container's group, or <c>controller,controller:path</c> for these alone. Without
    /// any it is the container's group; if that takes no process, since it passes controllers on, or is gone, it is the first process's.
    /// </param>
    internal static Cgroup Find(ContainerCgroup cgroup, int pid, IReadOnlyList<string> requested)
    {
        if (cgroup.Record.Path is null)
            return cgroup.Group;
        var group = cgroup.Group;
        if (requested.Count == 0)
            return CgroupHost.Current.Mode == CgroupMode.V2 && (!group.Exists || group.IsClosed) ? OfProcess(pid) ?? group : group;
        var used = new HashSet<string>();
        foreach (var text in requested)
        {
            var colon = text.IndexOf(':');
            var controllers = colon < 0 ? null : text[..colon].Split(',');
            if (controllers is null && requested.Count > 1)
                throw Invalid(text, $"invalid --cgroup argument: {text} (missing <controller>: prefix)");
            foreach (var controller in controllers ?? [])
            {
                if (!group.Has(controller))
                    throw Invalid(text, $"unknown controller {controller} in --cgroup {text}");
                if (!used.Add(controller))
                    throw Invalid(text, $"invalid --cgroup argument(s): controller {controller} specified multiple times");
            }
            group = Below(group, text[(colon + 1)..], controllers);
        }
        return group;
    }

    private static Cgroup Below(Cgroup group, string path, string[]? controllers)
    {
        if (path.Split('/').Contains(".."))
            throw Invalid(path, $"bad sub cgroup path {path}: `..` components are not allowed");
        try
        {
            var below = group.Below(path, controllers);
            return !below.IsClosed ? below : throw new ErrnoException(Errno.EBUSY, "cgroup", "(it passes controllers on to groups below it)");
        }
        catch (ErrnoException e)
        {
            var why = e.Errno == Errno.ENOENT ? $"no such file or directory ({e.Subject})" : e.Message;
            throw new ContainerException(ErrorReason.InvalidArgument, $"--cgroup: error adding pid of the command to cgroups {path}: {why}.", path, e);
        }
    }

    private static Cgroup? OfProcess(int pid)
    {
        try
        {
            // cgroups(7): "0::" and the path in the version 2 hierarchy, from the root of our cgroup namespace.
            var line = File.ReadLines($"/proc/{pid}/cgroup").FirstOrDefault(l => l.StartsWith("0::/", StringComparison.Ordinal));
            return line is null || line.EndsWith(" (deleted)", StringComparison.Ordinal) ? null : CgroupHost.Current.Group(line["0::".Length..], CgroupMembership.All);
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static ContainerException Invalid(string target, string why) => new(ErrorReason.InvalidArgument, why + ".", target);
}
