namespace ContainerChaos.Scenarios;

/// <summary>What should come of a step.</summary>
public enum ExpectedOutcome
{
    /// <summary>Every trial is steady again.</summary>
    Recovers,

    /// <summary>No trial recovers while it is watched.</summary>
    StaysDown,
}
