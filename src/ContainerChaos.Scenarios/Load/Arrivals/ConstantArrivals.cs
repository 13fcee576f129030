namespace ContainerChaos.Scenarios.Load;

/// <summary>Evenly spaced arrivals.</summary>
/// <param name="PerSecond">Arrivals a second: 0.1 to 200,000.</param>
public sealed record ConstantArrivals(double PerSecond) : ArrivalPattern
{
    /// <inheritdoc/>
    public override string Name => "constant";

    /// <inheritdoc/>
    public override double Rate => PerSecond;

    /// <inheritdoc/>
    public override string Describe() => FormattableString.Invariant($"{PerSecond:0.##} requests/s");

    internal override void Validate() => CheckRate(PerSecond, "rate");

    internal override ArrivalSequence Begin() => new RateProfile([], PerSecond);
}
