namespace ContainerChaos.Scenarios.Recovery;

/// <summary>What counts as steady: so many consecutive windows in which every request was answered in time.</summary>
/// <param name="Window">Width of a window; requests belong to the window of their intended send time. Default 20 ms.</param>
/// <param name="Windows">How many windows in a row. Default 5.</param>
/// <param name="LatencyObjective">The largest latency inside the objective, from the intended send time. Default 100 ms.</param>
public sealed record SteadyStateOptions(TimeSpan Window, int Windows, TimeSpan LatencyObjective)
{
    /// <summary>Five windows of 20 ms, each request within 100 ms.</summary>
    public static SteadyStateOptions Default { get; } =
        new(TimeSpan.FromMilliseconds(20), 5, TimeSpan.FromMilliseconds(100));
}
