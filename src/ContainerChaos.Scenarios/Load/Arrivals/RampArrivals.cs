namespace ContainerChaos.Scenarios.Load;

/// <summary>A rate that rises (or falls) evenly, and then stays.</summary>
/// <param name="From">Arrivals a second at the start: 0 to 200,000.</param>
/// <param name="To">Arrivals a second at its end and from then on: 0.1 to 200,000.</param>
/// <param name="Over">How long it takes: 1 ms to 1 day.</param>
public sealed record RampArrivals(double From, double To, TimeSpan Over) : ArrivalPattern
{
    /// <inheritdoc/>
    public override string Name => "ramp";

    /// <inheritdoc/>
    public override double Rate => To;

    /// <inheritdoc/>
    public override string Describe() => FormattableString.Invariant($"{From:0.##} to {To:0.##} requests/s over {Over.TotalSeconds:0.###} s");

    internal override void Validate()
    {
        CheckRate(From, "from", 0);
        CheckRate(To, "rate");
        CheckTime(Over, "over");
    }

    internal override ArrivalSequence Begin() => new RateProfile([new RateProfile.Stage(Over, From, To)], To);
}
