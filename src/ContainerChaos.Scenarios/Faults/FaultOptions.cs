using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>How long a fault lasts.</summary>
public sealed record FaultOptions
{
    /// <summary>The time after which it is undone, more than 0 and at most a day.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>What ends it before.</summary>
    public IReadOnlyList<StopCondition> StopWhen { get; init; } = [];
}
