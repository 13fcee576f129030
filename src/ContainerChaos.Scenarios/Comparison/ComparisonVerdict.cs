namespace ContainerChaos.Scenarios.Comparison;

/// <summary>What a comparison shows.</summary>
public enum ComparisonVerdict
{
    /// <summary>Chance alone does as much: the interval of the effect holds zero, or its p-value is 0.05 or more.</summary>
    NoDifferenceShown,

    /// <summary>The difference is faster than the reference.</summary>
    Faster,

    /// <summary>The difference is slower than the reference, or recovers less often.</summary>
    Slower,

    /// <summary>So few trials that not even two samples without any overlap would be evidence: fewer than four on each side.</summary>
    TooFewTrials,
}
