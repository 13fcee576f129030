using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios.Comparison;

/// <summary>Two samples of times, infinite where a trial never got there, in rising order.</summary>
internal readonly struct TwoSamples(double[] reference, double[] difference)
{
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

    private static double[] Resample(double[] sample, Random random)
    {
        var drawn = new double[sample.Length];
        for (int i = 0; i < drawn.Length; i++)
            drawn[i] = sample[random.Next(sample.Length)];
        Array.Sort(drawn);
        return drawn;
    }
}
