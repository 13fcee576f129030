namespace ContainerChaos.Scenarios.Comparison;

/// <summary>How one stage of recovery differs between two rows of results: an effect size with its interval, not only two medians.</summary>
/// <remarks>A trial that never got there is slower than any that did, on both sides; it is never dropped.</remarks>
public sealed record ChaosComparison
{
    /// <summary>The scenario.</summary>
    public required string Scenario { get; init; }

    /// <summary>Which crash of the series, or which act.</summary>
    public required string Crash { get; init; }

    /// <summary>The stage that is compared, a name of <see cref="ScenarioRow.Stages"/>.</summary>
    public required string Stage { get; init; }

    /// <summary>What the reference is: its policy, init and variant.</summary>
    public required string Reference { get; init; }

    /// <summary>What the difference is.</summary>
    public required string Difference { get; init; }

    /// <summary>Trials of the reference.</summary>
    public required int ReferenceN { get; init; }

    /// <summary>Trials of the difference.</summary>
    public required int DifferenceN { get; init; }

    /// <summary>Trials of the reference that never got there.</summary>
    public required int ReferenceCensored { get; init; }

    /// <summary>Trials of the difference that never got there.</summary>
    public required int DifferenceCensored { get; init; }

    /// <summary>The reference's median; null when it falls among the trials that never got there.</summary>
    public TimeSpan? ReferenceP50 { get; init; }

    /// <summary>The difference's median.</summary>
    public TimeSpan? DifferenceP50 { get; init; }

    /// <summary>The difference's median less the reference's; null when one of them is unknown.</summary>
    public TimeSpan? Shift { get; init; }

    /// <summary>The lower end of the shift's 95 % bootstrap interval; null when it falls among trials that never got there.</summary>
    public TimeSpan? ShiftLow { get; init; }

    /// <summary>The upper end of the same.</summary>
    public TimeSpan? ShiftHigh { get; init; }

    /// <summary>
    /// Cliff's delta, -1 to 1: how much more often a trial of the difference is slower than one of the reference than it is faster.
    /// 1 is slower in every pair, 0 no tendency, -1 faster in every pair.
    /// </summary>
    public required double EffectSize { get; init; }

    /// <summary>The lower end of the effect size's 95 % bootstrap interval.</summary>
    public required double EffectLow { get; init; }

    /// <summary>The upper end of the same.</summary>
    public required double EffectHigh { get; init; }

    /// <summary>
    /// The chance of an effect at least as large if there were no difference, 0 to 1: the two-sided Mann-Whitney U test. Of twenty comparisons
    /// without any difference, one is below 0.05.
    /// </summary>
    public required double PValue { get; init; }

    /// <summary>How large the effect is.</summary>
    public EffectMagnitude Magnitude => Math.Abs(EffectSize) switch
    {
        < 0.147 => EffectMagnitude.Negligible,
        < 0.33 => EffectMagnitude.Small,
        < 0.474 => EffectMagnitude.Medium,
        _ => EffectMagnitude.Large,
    };

    /// <summary>What it shows.</summary>
    public required ComparisonVerdict Verdict { get; init; }
}
