namespace ContainerChaos.Scenarios.Load;

/// <summary>A constant rate with one burst in it.</summary>
/// <param name="PerSecond">Arrivals a second before and after: 0.1 to 200,000.</param>
/// <param name="Peak">Arrivals a second during the burst: 0.1 to 200,000; a lower one than <paramref name="PerSecond"/> is a lull.</param>
/// <param name="After">When it begins, from the start of the load: 0 to 1 day.</param>
/// <param name="For">How long it lasts: 1 ms to 1 day.</param>
public sealed record SpikeArrivals(double PerSecond, double Peak, TimeSpan After, TimeSpan For) : ArrivalPattern
{
    /// <inheritdoc/>
    public override string Name => "spike";

    /// <inheritdoc/>
    public override double Rate => PerSecond;

    /// <inheritdoc/>
    public override string Describe() =>
        FormattableString.Invariant($"{PerSecond:0.##} requests/s, {Peak:0.##} for {For.TotalSeconds:0.###} s after {After.TotalSeconds:0.###} s");

    internal override void Validate()
    {
        CheckRate(PerSecond, "rate");
        CheckRate(Peak, "peak");
        CheckTime(After, "after", TimeSpan.Zero);
        CheckTime(For, "for");
    }

    internal override ArrivalSequence Begin() =>
        new RateProfile([new RateProfile.Stage(After, PerSecond, PerSecond), new RateProfile.Stage(For, Peak, Peak)], PerSecond);
}
