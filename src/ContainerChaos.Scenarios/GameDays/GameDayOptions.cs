namespace ContainerChaos.Scenarios;

/// <summary>How a game day goes.</summary>
public sealed record GameDayOptions
{
    /// <summary>How each scenario is run.</summary>
    public RunOptions Run { get; init; } = new();

    /// <summary>The quiet between two scenarios, so that one does not suffer from what the one before did to the host.</summary>
    public TimeSpan CoolDown { get; init; }

    /// <summary>Whether it ends with the first scenario that does not hold.</summary>
    public bool StopOnFailure { get; init; }
}
