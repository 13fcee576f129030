namespace ContainerChaos.Supervisor;

/// <summary>A process that makes load inside a target, or beside it, for as long as the fault lasts.</summary>
public sealed record InjectedLoad
{
    /// <summary>What it does.</summary>
    public required LoadKind Kind { get; init; }

    /// <summary>How many: zombies, orphans, processes, threads or processors; for memory the bytes at which it stops.</summary>
    public long Count { get; init; }

    /// <summary>Bytes a second; 0 for as fast as it can.</summary>
    public long Rate { get; init; }

    /// <summary>The control group of our own that it runs in, a path below each hierarchy's root; null for the target's.</summary>
    public string? Group { get; init; }
}
