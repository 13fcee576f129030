namespace ContainerChaos.Engine;

/// <summary>Which events to read.</summary>
public sealed record ContainerEventOptions
{
    /// <summary>From this moment on; null for none of the past.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Up to this moment, which may be yet to come; null to go on until the reading is cancelled.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only events that this holds for; null for all.</summary>
    public Func<Supervisor.ContainerEvent, bool>? Filter { get; init; }
}
