using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios.Comparison;

/// <summary>Two samples of times, infinite where a trial never got there, in rising order.</summary>
internal readonly struct TwoSamples(double[] reference, double[] difference)
{
    private const int ExactUpTo = 40;

    /// <summary>Cliff's delta of the difference against the reference; pairs of which neither got there are ties.</summary>
    public double CliffsDelta()
    {
        long slower = 0, faster = 0;
        int below = 0, notAbove = 0;
        foreach (double time in difference)
        {
            while (below < reference.Length && reference[below] < time)
                below++;
            while (notAbove < reference.Length && reference[notAbove] <= time)
                notAbove++;
            slower += below;
            faster += reference.Length - notAbove;
        }

        return (slower - faster) / ((double)reference.Length * difference.Length);
    }

    /// <summary>The difference's median less the reference's; NaN when both fall among the trials that never got there.</summary>
    public double Shift() => Bootstrap.Quantile(difference, 0.5) - Bootstrap.Quantile(reference, 0.5);

    /// <summary>Draws both anew, with replacement.</summary>
    public TwoSamples Resample(Random random) => new(Resample(reference, random), Resample(difference, random));

    /// <summary>
    /// Whether two samples of these sizes without any overlap would be evidence: the chance of that under no difference at all,
    /// one order in C(n+m, n) to either side, is below 5 %.
    /// </summary>
    public bool CanTell()
    {
        double orders = 1;
        for (int i = 1; i <= reference.Length; i++)
            orders *= (double)(difference.Length + i) / i;
        return 2 / orders < 0.05;
    }

    /// <summary>
    /// The chance of an effect at least as large in either direction if both samples came from one distribution: the Mann-Whitney U test,
    /// counted exactly for small samples without ties, else by the normal approximation with corrections for ties and continuity.
    /// </summary>
    public double PValue()
    {
        int n = reference.Length, m = difference.Length;
        double[] all = [.. reference, .. difference];
        int[] ties = [.. all.GroupBy(time => time).Select(group => group.Count())];
        double pairs = (double)n * m, u = Math.Min(1 + CliffsDelta(), 1 - CliffsDelta()) / 2 * pairs;
        if (all.Length <= ExactUpTo && ties.All(count => count == 1))
            return Math.Min(1, 2 * ShareUpTo((int)Math.Round(u), n, m));
        int total = n + m;
        double variance = pairs / 12 * (total + 1 - ties.Sum(count => (Math.Pow(count, 3) - count) / ((double)total * (total - 1))));
        return variance <= 0 ? 1 : Math.Min(1, 2 * NormalTail(Math.Max(0, (pairs / 2) - u - 0.5) / Math.Sqrt(variance)));
    }

    // The share of the orders of n and m values in which U is at most u: counted by the largest value, which is of either sample.
    private static double ShareUpTo(int u, int n, int m)
    {
        var orders = new double[n + 1, m + 1][];
        for (int i = 0; i <= n; i++)
        {
            for (int j = 0; j <= m; j++)
            {
                orders[i, j] = new double[u + 1];
                for (int k = 0; k <= u; k++)
                {
                    orders[i, j][k] = i == 0 || j == 0 ? (k == 0 ? 1 : 0)
                        : (k >= j ? orders[i - 1, j][k - j] : 0) + orders[i, j - 1][k];
                }
            }
        }

        double count = 1;
        for (int i = 1; i <= n; i++)
            count *= (double)(m + i) / i;
        return orders[n, m].Sum() / count;
    }

    // The upper tail of the standard normal distribution; Abramowitz and Stegun 7.1.26, to 1.5e-7.
    private static double NormalTail(double z)
    {
        double x = z / Math.Sqrt(2), t = 1 / (1 + (0.3275911 * x));
        return t * (0.254829592 + (t * (-0.284496736 + (t * (1.421413741 + (t * (-1.453152027 + (t * 1.061405429)))))))) * Math.Exp(-x * x) / 2;
    }

    private static double[] Resample(double[] sample, Random random)
    {
        var drawn = new double[sample.Length];
        for (int i = 0; i < drawn.Length; i++)
            drawn[i] = sample[random.Next(sample.Length)];
        Array.Sort(drawn);
        return drawn;
    }
}
