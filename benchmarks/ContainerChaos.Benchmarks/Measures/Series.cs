namespace ContainerChaos.Benchmarks.Measures;

/// <summary>The samples of one tool in one measure.</summary>
internal sealed class Series(string peer)
{
    private readonly List<double> samples = [];

    public string Peer { get; } = peer;

    public int Count => samples.Count;

    public double Median => Quantile(0.5);

    public double P95 => Quantile(0.95);

    public double Minimum => Quantile(0);

    public double Maximum => Quantile(1);

    public void Add(double sample) => samples.Add(sample);

    // Linear interpolation between the closest ranks.
    private double Quantile(double q)
    {
        var sorted = samples.Order().ToArray();
        if (sorted.Length == 0)
        {
            return double.NaN;
        }

        var position = q * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }
}
