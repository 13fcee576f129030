namespace ContainerChaos.Scenarios.Load;

/// <summary>What became of a threshold.</summary>
/// <param name="Threshold">The threshold.</param>
/// <param name="Worst">The worst that was seen: a share of failures (0 to 1), or milliseconds; 0 when there was too little to judge.</param>
/// <param name="IsKept">Whether it was below the limit each time.</param>
public sealed record ThresholdVerdict(Tolerance Threshold, double Worst, bool IsKept)
{
    /// <summary>It and the worst in words: <c>failed &lt; 5%: 12.5 %</c>.</summary>
    /// <returns>The words.</returns>
    public override string ToString() => $"{Threshold}: {Threshold.Describe(Worst)}";
}
