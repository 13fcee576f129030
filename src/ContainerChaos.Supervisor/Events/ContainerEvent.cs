namespace ContainerChaos.Supervisor;

/// <summary>Something that happened to a container, as its monitor saw it, or to an image, a volume or a network.</summary>
/// <param name="Type">Docker's verb where it has one: start, die, oom, kill, stop, pause, unpause, restart, exec_start, exec_die, create, destroy; and backoff.</param>
/// <param name="ContainerId">The container's id; empty where none takes part.</param>
/// <param name="Time">The wall clock.</param>
/// <param name="MonotonicNanoseconds">CLOCK_MONOTONIC, the clock that load samples and faults are stamped with.</param>
/// <param name="Attributes">exitCode, signal, pid, delayMs, restartCount, oomKilled, as the type has them.</param>
public sealed record ContainerEvent(
    string Type,
    string ContainerId,
    DateTimeOffset Time,
    long MonotonicNanoseconds,
    IReadOnlyDictionary<string, string> Attributes)
{
    /// <summary>The name of what it happened to: of the container, the image, the volume or the network.</summary>
    public string? Name { get; set; }

    /// <summary>What it happened to: <c>container</c>, <c>image</c>, <c>volume</c> or <c>network</c>.</summary>
    public string ObjectType { get; set; } = EventTypes.Container;

    /// <summary>The id of the image or network, or the volume's name; null for a container, which has its own.</summary>
    public string? ObjectId { get; set; }
}
