namespace ContainerChaos.Scenarios;

/// <summary>The times of the last few trials as a line of bars, from none to the longest of them; <c>×</c> for one that did not recover.</summary>
internal static class Sparkline
{
    private const int Width = 24;
    private const string Bars = "▁▂▃▄▅▆▇█";

    internal static string Of(IEnumerable<TimeSpan?> recoveries)
    {
        TimeSpan?[] last = [.. recoveries.TakeLast(Width)];
        double longest = last.Max(time => time?.TotalMilliseconds) ?? 0;
        return string.Concat(last.Select(time => time is not { } known ? '×' : longest == 0 ? Bars[0] : Bars[(int)Math.Round(known.TotalMilliseconds / longest * (Bars.Length - 1))]));
    }
}
