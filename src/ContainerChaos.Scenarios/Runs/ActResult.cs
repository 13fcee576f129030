namespace ContainerChaos.Scenarios;

/// <summary>Something that a trial did: an act of its method, or of its rollbacks.</summary>
/// <param name="Step">The label of its step; <c>rollback</c> for one of the rollbacks.</param>
/// <param name="What">What was done, in a few words.</param>
/// <param name="IsFault">Whether it was a fault of the catalogue.</param>
/// <param name="Began">When, monotonic nanoseconds.</param>
/// <param name="Ended">When it was over or, of a fault that lasts, undone.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
public sealed record ActResult(string Step, string What, bool IsFault, long Began, long Ended, string? Error)
{
    /// <summary>CPU time of the thread that did it, and that undid it: what the injection itself cost, without the programs that some faults are.</summary>
    public TimeSpan ProcessorTime { get; init; }

    /// <summary>What it saw; null for what looks at nothing.</summary>
    public ProbeResult? Seen { get; init; }
}
