namespace ContainerChaos.Scenarios.Load;

/// <summary>One request of the load; all stamps are CLOCK_MONOTONIC in nanoseconds.</summary>
/// <param name="Intended">When the schedule wanted it sent.</param>
/// <param name="Sent">When it was written to a socket; equal to <paramref name="Completed"/> when it never was.</param>
/// <param name="Completed">When its outcome was known.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Status">The HTTP status, or 0 without a response.</param>
public readonly record struct LoadSample(long Intended, long Sent, long Completed, RequestOutcome Outcome, short Status)
{
    /// <summary>Whether the user got what was asked for.</summary>
    public bool Succeeded => Outcome == RequestOutcome.Success;

    /// <summary>Nanoseconds from the intended send time: what a user waited, whatever the generator did.</summary>
    public long Latency => Completed - Intended;

    /// <summary>Nanoseconds from the actual send time: what a closed-loop generator would have reported.</summary>
    public long ServiceTime => Completed - Sent;
}
