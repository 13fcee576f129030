namespace ContainerChaos.Runtime;

/// <summary>Memory limits in bytes; -1 for none.</summary>
public sealed record MemorySpec
{
    /// <summary>Memory.</summary>
    public long? Limit { get; init; }

    /// <summary>What it is pushed back to when the host is short of memory.</summary>
    public long? Reservation { get; init; }

    /// <summary>Memory and swap together.</summary>
    public long? Swap { get; init; }

    /// <summary>Kernel memory; obsolete, and no longer a limit in current kernels.</summary>
    public long? Kernel { get; init; }

    /// <summary>Memory of TCP buffers.</summary>
    public long? KernelTCP { get; init; }

    /// <summary>How readily its memory is swapped, 0 to 100.</summary>
    public ulong? Swappiness { get; init; }

    /// <summary>Whether its processes wait for memory instead of being killed.</summary>
    public bool? DisableOOMKiller { get; init; }

    /// <summary>Whether the groups below count; always so in current kernels.</summary>
    public bool? UseHierarchy { get; init; }

    /// <summary>Whether an update to less than is in use is refused.</summary>
    public bool? CheckBeforeUpdate { get; init; }
}
