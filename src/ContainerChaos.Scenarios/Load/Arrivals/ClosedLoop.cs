namespace ContainerChaos.Scenarios.Load;

/// <summary>
/// Workers that each send their next request when the last one was answered: for comparison only. The target sets the pace, so that a stall of it stops
/// the load too: what users would have sent meanwhile is missing from every figure (coordinated omission). Latencies count from the moment of sending;
/// both series are the same.
/// </summary>
/// <param name="Workers">How many there are: 1 to 4096.</param>
/// <param name="ThinkTime">How long each waits after an answer: 0 to 1 day. After a failure it is 1 ms at least, so that a target that is gone costs no processor.</param>
public sealed record ClosedLoop(int Workers, TimeSpan ThinkTime = default) : ArrivalPattern
{
    /// <inheritdoc/>
    public override string Name => "closed";

    /// <inheritdoc/>
    public override double Rate => 0;

    /// <inheritdoc/>
    public override string Describe() => $"{Workers} {(Workers == 1 ? "worker" : "workers")}, closed loop: blind to what it could not send";

    internal override void Validate()
    {
        if (Workers is < 1 or > 4096)
            throw new ArgumentException($"{Workers} workers are outside 1 to 4096.", "workers");
        CheckTime(ThinkTime, "think", TimeSpan.Zero);
    }

    internal override ArrivalSequence Begin() => new Departures();

    /// <summary>What was sent, so far.</summary>
    internal sealed class Departures : ListedSequence
    {
        internal override bool IsKnownUntil(long offset) => Reaches(offset);

        protected override bool TryExtend(out long offset)
        {
            offset = 0;
            return false;
        }
    }
}
