namespace ContainerChaos.Supervisor;

/// <summary>What an injected process does.</summary>
public enum LoadKind
{
    /// <summary>Children of the watchdog that are born in the target, end at once, and are not reaped while the fault lasts.</summary>
    Zombies,

    /// <summary>Children that are left to PID 1 and sleep until the fault ends.</summary>
    Orphans,

    /// <summary>Forks until the kernel says EAGAIN, and takes each place that becomes free.</summary>
    ForkBomb,

    /// <summary>Threads that sleep.</summary>
    Threads,

    /// <summary>Threads that compute.</summary>
    Processor,

    /// <summary>Memory that is charged to the group and to no process of it: pages of a memfd (shmem).</summary>
    Memory,

    /// <summary>Anonymous memory of its own, and the highest oom_score_adj: it is what the OOM killer ends first.</summary>
    ChildMemory,
}
