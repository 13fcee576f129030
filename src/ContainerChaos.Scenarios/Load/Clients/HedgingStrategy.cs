namespace ContainerChaos.Scenarios.Load;

/// <summary>Asks a second time, without giving up the first, when an answer is late, and at once after a failure; the first answer counts.</summary>
/// <param name="Hedges">How many further attempts at most: 1 to 10.</param>
/// <param name="Delay">When an answer is late: 0 to 10 min.</param>
public sealed record HedgingStrategy(int Hedges, TimeSpan Delay) : ClientStrategy
{
    /// <inheritdoc/>
    public override string Name => "hedging";

    internal override void Validate()
    {
        base.Validate();
        CheckCount(Hedges, "hedges", 1, 10);
        CheckTime(Delay, "delay", 0);
    }
}
