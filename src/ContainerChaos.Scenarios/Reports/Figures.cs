using System.Globalization;
using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>Numbers as people read them.</summary>
internal static class Figures
{
    internal const string None = "–";

    internal static string Milliseconds(double? value) => value switch
    {
        null => None,
        0 => "0 ms",
        < 10 => value.Value.ToString("0.0 ms", CultureInfo.InvariantCulture),
        _ => value.Value.ToString("0 ms", CultureInfo.InvariantCulture),
    };

    internal static string Milliseconds(TimeSpan? value) => Milliseconds(value?.TotalMilliseconds);

    /// <summary>The interval, or an empty text when it is unknown on both sides.</summary>
    internal static string Interval(QuantileEstimate estimate) => (estimate.Low, estimate.High) switch
    {
        (null, null) => "",
        ({ } low, null) => string.Create(CultureInfo.InvariantCulture, $"{Bare(low)} – never"),
        (var low, { } high) => string.Create(CultureInfo.InvariantCulture, $"{Bare(low ?? 0)} – {Bare(high)}"),
    };

    internal static string Percent(double share) => share.ToString("0.0 %", CultureInfo.InvariantCulture);

    internal static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Bare(double value) => value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
