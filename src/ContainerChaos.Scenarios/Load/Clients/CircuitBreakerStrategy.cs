namespace ContainerChaos.Scenarios.Load;

/// <summary>Asks no more for a while when too many requests have failed; those are <see cref="RequestOutcome.CircuitOpen"/>, and count as failed.</summary>
/// <param name="FailureRatio">The share of failures that opens it, above 0 to 1.</param>
/// <param name="Minimum">How many requests it must have seen in the time <paramref name="Sampling"/>: 2 to 1,000,000.</param>
/// <param name="Sampling">Over which time: 500 ms to 10 min.</param>
/// <param name="Break">How long it stays open before one request is let through to see: 500 ms to 10 min.</param>
public sealed record CircuitBreakerStrategy(double FailureRatio, int Minimum, TimeSpan Sampling, TimeSpan Break) : ClientStrategy
{
    /// <inheritdoc/>
    public override string Name => "circuit-breaker";

    internal override void Validate()
    {
        base.Validate();
        if (!(FailureRatio is > 0 and <= 1))
            throw new ArgumentException(FormattableString.Invariant($"The failure ratio {FailureRatio} is outside 0 to 1."), "failure-ratio");
        CheckCount(Minimum, "minimum", 2, 1_000_000);
        CheckTime(Sampling, "sampling", 500);
        CheckTime(Break, "break", 500);
    }
}
