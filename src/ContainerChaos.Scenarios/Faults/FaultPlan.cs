using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>What a fault would do to one target.</summary>
internal sealed record FaultPlan
{
    /// <summary>In kernel terms.</summary>
    public required string Effect { get; init; }

    public IReadOnlyList<FaultStep> Apply { get; init; } = [];

    public IReadOnlyList<FaultStep> Undo { get; init; } = [];

    public IReadOnlyList<FaultStep> Cycle { get; init; } = [];

    public TimeSpan CycleInterval { get; init; }

    public int CycleCount { get; init; } = 1;

    public InjectedLoad? Load { get; init; }

    public FalseAnswers? Answers { get; init; }

    public SlowAnswers? Slow { get; init; }

    public EmulatedNetwork? Network { get; init; }

    /// <summary>Whether it goes on when the first process of its target ends: the fault itself has it end.</summary>
    public bool OutlivesProcess { get; init; }

    public IReadOnlyList<string> Holds { get; init; } = [];
}
