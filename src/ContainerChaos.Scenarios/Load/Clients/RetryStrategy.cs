namespace ContainerChaos.Scenarios.Load;

/// <summary>Asks again after a failure. Statuses below 500 but 429 are answers, not failures.</summary>
/// <param name="Retries">How often at most: 1 to 100.</param>
/// <param name="Delay">The pause before the first one: 0 to 10 min.</param>
/// <param name="IsExponential">Whether each further pause is twice as long, with jitter (decorrelated, from the seed); else all are the same.</param>
/// <param name="Seed">The seed of the jitter.</param>
public sealed record RetryStrategy(int Retries, TimeSpan Delay, bool IsExponential = true, int Seed = 1) : ClientStrategy
{
    /// <inheritdoc/>
    public override string Name => "retry";

    internal override void Validate()
    {
        base.Validate();
        CheckCount(Retries, "retries", 1, 100);
        CheckTime(Delay, "delay", 0);
    }
}
