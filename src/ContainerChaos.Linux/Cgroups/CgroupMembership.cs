namespace ContainerChaos.Linux;

/// <summary>Which of a host's hierarchies a group is made in and its processes join.</summary>
public enum CgroupMembership
{
    /// <summary>Those that every container needs: memory, pids, cpu and freezer.</summary>
    Core,

    /// <summary>
    /// Every one that is mounted, so that <c>/proc/self/cgroup</c> names the group in each line. Each is 0.1 to 0.2 ms more a start.
    /// </summary>
    All,

    /// <summary>None: the processes stay where they were started from.</summary>
    None,
}
