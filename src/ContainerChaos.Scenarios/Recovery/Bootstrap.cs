namespace ContainerChaos.Scenarios.Recovery;

/// <summary>Quantiles of samples with censored values, with percentile-bootstrap confidence intervals from a seed.</summary>
/// <remarks>
/// A censored value is larger than every watched one, so it takes part as +∞: the median of five trials of which one
/// never recovered is still exact, and with three it is unknown. Quantiles are interpolated between order statistics
/// (Hyndman and Fan, type 7); an interpolation that touches a censored value is censored.
/// </remarks>
public static class Bootstrap
{
    /// <summary>Resamples drawn for an interval.</summary>
    public const int Resamples = 1000;

    /// <summary>Summarises a stage.</summary>
    /// <param name="values">Milliseconds in trial order; null for a trial that never got there.</param>
    /// <param name="seed">The seed of the resampling: the same seed and values give the same intervals.</param>
    /// <returns>The distribution; all quantiles are null when there are no values.</returns>
    public static Distribution Summarise(IReadOnlyList<double?> values, int seed)
    {
        ArgumentNullException.ThrowIfNull(values);
        double[] sorted = [.. values.Select(v => v ?? double.PositiveInfinity)];
        Array.Sort(sorted);
        double[] known = [.. sorted.Where(double.IsFinite)];
        double[] levels = [0.5, 0.9, 0.95, 0.99];
        QuantileEstimate[] estimates = Estimate(sorted, levels, seed);
        return new Distribution
        {
            Count = sorted.Length,
            Censored = sorted.Length - known.Length,
            Mean = known.Length == 0 ? null : known.Average(),
            Minimum = known.Length == 0 ? null : known[0],
            Maximum = sorted.Length == 0 ? null : Finite(sorted[^1]),
            P50 = estimates[0],
            P90 = estimates[1],
            P95 = estimates[2],
            P99 = estimates[3],
            Values = values.ToArray(),
        };
    }

    /// <summary>A quantile of sorted values, of which the last ones may be infinite.</summary>
    /// <param name="sorted">The values in rising order.</param>
    /// <param name="quantile">The share, 0 to 1.</param>
    /// <returns>The quantile; infinite when it touches a censored value; NaN when there are no values.</returns>
    public static double Quantile(ReadOnlySpan<double> sorted, double quantile)
    {
        if (sorted.IsEmpty)
            return double.NaN;
        double position = Math.Clamp(quantile, 0, 1) * (sorted.Length - 1);
        int below = (int)position;
        double share = position - below;
        if (share == 0 || below + 1 == sorted.Length)
            return sorted[below];
        return double.IsFinite(sorted[below + 1])
            ? sorted[below] + (share * (sorted[below + 1] - sorted[below]))
            : double.PositiveInfinity;
    }

    private static QuantileEstimate[] Estimate(double[] sorted, double[] levels, int seed)
    {
        var estimates = new QuantileEstimate[levels.Length];
        if (sorted.Length == 0)
            return estimates;
        var draws = new double[levels.Length][];
        for (int i = 0; i < levels.Length; i++)
            draws[i] = new double[Resamples];
        var random = new Random(seed);
        var resample = new double[sorted.Length];
        for (int r = 0; r < Resamples; r++)
        {
            for (int i = 0; i < resample.Length; i++)
                resample[i] = sorted[random.Next(sorted.Length)];
            Array.Sort(resample);
            for (int i = 0; i < levels.Length; i++)
                draws[i][r] = Quantile(resample, levels[i]);
        }

        for (int i = 0; i < levels.Length; i++)
        {
            Array.Sort(draws[i]);
            estimates[i] = new(
                Finite(Quantile(sorted, levels[i])),
                Finite(Quantile(draws[i], 0.025)),
                Finite(Quantile(draws[i], 0.975)));
        }

        return estimates;
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
