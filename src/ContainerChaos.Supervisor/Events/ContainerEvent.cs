namespace ContainerChaos.Supervisor;

/// <summary>Something that happened to a container, as its monitor saw it.</summary>
/// <param name="Type">Docker's verb where it has one: start, die, oom, kill, stop, pause, unpause, restart, exec_start, exec_die, create, destroy; and backoff.</param>
/// <param name="ContainerId">The container's id.</param>
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
    /// <summary>The container's name.</summary>
    public string? Name { get; set; }
}
