using ContainerChaos.Scenarios.Load;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Recovery;

/// <summary>Everything that was seen between one fault and the end of its watch; what the stages are computed from.</summary>
public sealed record StepObservation
{
    /// <summary>Just before the fault was applied, monotonic nanoseconds.</summary>
    public required long Injected { get; init; }

    /// <summary>Until when the container and the load were watched.</summary>
    public required long WatchedUntil { get; init; }

    /// <summary>The arrivals of the load.</summary>
    public required ArrivalSchedule Schedule { get; init; }

    /// <summary>The requests of the load, in any order; those intended before <see cref="Injected"/> are ignored.</summary>
    public required IReadOnlyList<LoadSample> Samples { get; init; }

    /// <summary>The health probes; empty when the load itself is the probe.</summary>
    public IReadOnlyList<LoadSample> Probes { get; init; } = [];

    /// <summary>The container's events, in order.</summary>
    public IReadOnlyList<ContainerEvent> Events { get; init; } = [];

    /// <summary>When the observer's own pidfd of PID 1 became readable, or null.</summary>
    public long? Died { get; init; }

    /// <summary>Whether the service can only be back after PID 1 was started again: a crash or a stop, not a storm.</summary>
    public required bool EffectIsExit { get; init; }

    /// <summary>What counts as steady.</summary>
    public SteadyStateOptions Steady { get; init; } = SteadyStateOptions.Default;
}
