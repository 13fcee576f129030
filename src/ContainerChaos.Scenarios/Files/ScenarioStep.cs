namespace ContainerChaos.Scenarios;

/// <summary>What is done to the container at one time, and how long its consequences are watched: a row of the table.</summary>
public sealed record ScenarioStep
{
    /// <summary>The label in the table: <c>1st</c>, <c>stop</c>, or <c>–</c>.</summary>
    public required string Label { get; init; }

    /// <summary>What is done: one thing, or several at their times. Of a <see cref="Draw"/>, what there is to draw from.</summary>
    public required IReadOnlyList<ScenarioAct> Acts { get; init; }

    /// <summary>How many of the acts are done, at which moments, from the seed; null for all at their own.</summary>
    public ScenarioDraw? Draw { get; init; }

    /// <summary>How long after the end of the step before it begins.</summary>
    public TimeSpan After { get; init; }

    /// <summary>How long is waited when it is over.</summary>
    public TimeSpan Pause { get; init; }

    /// <summary>Whether it is a fault that lasts over the steps that follow: it is no row, and they are.</summary>
    public bool IsBackground { get; init; }

    /// <summary>Whether it ends PID 1, so that recovery means another PID 1.</summary>
    public required bool EffectIsExit { get; init; }

    /// <summary>How long the recovery is watched before it counts as unrecovered.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a container that is finally down is watched, to be sure that nothing brings it back.</summary>
    public TimeSpan Observe { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>How long its acts take, as far as is known.</summary>
    internal TimeSpan Length => Acts.Count == 0 ? TimeSpan.Zero : (Draw?.Within ?? TimeSpan.Zero) + Acts.Max(act => act.End);

    /// <summary>Whether it asks something and does nothing to the container, which may as well be down.</summary>
    internal bool OnlyLooks => Acts.All(act => act.Action == ScenarioAction.Probe);

    /// <summary>Whether one of its acts is of a kind.</summary>
    internal bool Does(ScenarioAction action) => Acts.Any(act => act.Action == action);
}
