namespace ContainerChaos.Supervisor;

/// <summary>What a fault is done to: one incarnation of a container, held by its first process.</summary>
public sealed record FaultSubject
{
    /// <summary>What it is: <c>container</c>, <c>docker</c>, <c>podman</c>, <c>containerd</c>, <c>systemd</c> or <c>cgroup</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its id, or the path of its control group.</summary>
    public required string Id { get; init; }

    /// <summary>The host's PID of its first process; 0 for none.</summary>
    public int Pid { get; init; }

    /// <summary>The start time of that process, which together with the PID names it for good.</summary>
    public ulong PidStartTime { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Kind == "container" ? Name : $"{Kind}:{Name}";
}
