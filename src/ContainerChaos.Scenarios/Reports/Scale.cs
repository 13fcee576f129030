namespace ContainerChaos.Scenarios.Reports;

/// <summary>Round numbers along an axis.</summary>
internal static class Scale
{
    /// <summary>Multiples of 1, 2 or 5 times a power of ten, from 0 to the maximum.</summary>
    internal static IEnumerable<double> Ticks(double maximum, int about)
    {
        double rough = maximum / about;
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double step = (rough / power) switch
        {
            <= 1 => power,
            <= 2 => 2 * power,
            <= 5 => 5 * power,
            _ => 10 * power,
        };
        for (double tick = 0; tick <= maximum * 1.0001; tick += step)
            yield return tick;
    }
}
