namespace ContainerChaos.Benchmarks.Measures;

/// <summary>What was measured, in which unit, for each tool; the reasons of those that are absent.</summary>
internal sealed record Measure(string Key, string Title, string Unit)
{
    public List<Series> Series { get; } = [];

    public Dictionary<string, string> Absent { get; } = [];

    public double? MedianOf(string peer) => Series.FirstOrDefault(series => series.Peer == peer && series.Count > 0)?.Median;

    public Series For(string peer)
    {
        if (Series.FirstOrDefault(series => series.Peer == peer) is not { } found)
        {
            Series.Add(found = new Series(peer));
        }

        return found;
    }
}
