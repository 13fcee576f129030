namespace ContainerChaos.Scenarios.Comparison;

/// <summary>How large an effect is by Cliff's delta, with the thresholds of Romano and others (2006): 0.147, 0.33, 0.474.</summary>
public enum EffectMagnitude
{
    /// <summary>Below 0.147: which of the two a trial belongs to says next to nothing of its time.</summary>
    Negligible,

    /// <summary>From 0.147.</summary>
    Small,

    /// <summary>From 0.33.</summary>
    Medium,

    /// <summary>From 0.474: nearly every trial of the one is slower than nearly every trial of the other.</summary>
    Large,
}
