using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.Scenarios;

/// <summary>One thing that is done to the container, and how long its consequences are watched.</summary>
public sealed record ScenarioStep
{
    /// <summary>The label in the table: <c>1st</c>, <c>stop</c>, or <c>–</c>.</summary>
    public required string Label { get; init; }

    /// <summary>What is done.</summary>
    public required ScenarioAction Action { get; init; }

    /// <summary>With <see cref="ScenarioAction.Request"/>, path and query.</summary>
    public string? Path { get; init; }

    /// <summary>With <see cref="ScenarioAction.Crash"/>, the signal's number.</summary>
    public int Signal { get; init; } = 9;

    /// <summary>With <see cref="ScenarioAction.Fault"/>, the fault.</summary>
    public FaultSpec? Fault { get; init; }

    /// <summary>With a fault that lasts, how long.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether it ends PID 1, so that recovery means another PID 1.</summary>
    public required bool EffectIsExit { get; init; }

    /// <summary>How long the recovery is watched before it counts as unrecovered.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a container that is finally down is watched, to be sure that nothing brings it back.</summary>
    public TimeSpan Observe { get; init; } = TimeSpan.FromMilliseconds(150);
}
