namespace ContainerChaos.Scenarios.Load;

/// <summary>Arrivals of many users who know nothing of each other: the gaps are exponentially distributed, and the same seed gives the same gaps.</summary>
/// <param name="PerSecond">The mean of arrivals a second: 0.1 to 200,000.</param>
/// <param name="Seed">Any number.</param>
public sealed record PoissonArrivals(double PerSecond, int Seed = 1) : ArrivalPattern
{
    /// <inheritdoc/>
    public override string Name => "poisson";

    /// <inheritdoc/>
    public override double Rate => PerSecond;

    /// <inheritdoc/>
    public override string Describe() => FormattableString.Invariant($"{PerSecond:0.##} requests/s at random (Poisson, seed {Seed})");

    internal override void Validate() => CheckRate(PerSecond, "rate");

    internal override ArrivalSequence Begin() => new Gaps(PerSecond, Seed);

    private sealed class Gaps(double rate, int seed) : ListedSequence
    {
        private ulong _state = (ulong)seed;
        private double _last;

        protected override bool TryExtend(out long offset)
        {
            // SplitMix64 (Steele, Lea, Flood 2014): of System.Random's numbers no version promises that they stay.
            _state += 0x9e3779b97f4a7c15;
            ulong z = _state;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            z ^= z >> 31;
            double uniform = (z >> 11) * (1.0 / (1UL << 53));
            _last += -Math.Log(1 - uniform) * 1e9 / rate;
            offset = (long)_last;
            return true;
        }
    }
}
