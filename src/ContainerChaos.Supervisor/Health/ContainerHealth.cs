namespace ContainerChaos.Supervisor;

/// <summary>A container's health, as its probes have found it.</summary>
public sealed record ContainerHealth
{
    /// <summary>The verdict.</summary>
    public HealthStatus Status { get; init; }

    /// <summary>How many probes in a row have failed; those in the start period do not count.</summary>
    public int FailingStreak { get; init; }

    /// <summary>The last five results, oldest first.</summary>
    public IReadOnlyList<HealthResult> Log { get; set; } = [];

    /// <summary><c>starting</c>, <c>healthy</c> or <c>unhealthy</c>.</summary>
    public override string ToString() => Status.ToString().ToLowerInvariant();
}
