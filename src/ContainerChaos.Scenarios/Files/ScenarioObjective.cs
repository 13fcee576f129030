using System.Globalization;
using System.Text.RegularExpressions;
using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios;

/// <summary>What a service has promised its users: <c>recovery p95 &lt; 500ms</c>, <c>availability &gt; 99.5 %</c>, <c>failed &lt;= 3</c>.</summary>
/// <remarks>It is held against every row whose step should be recovered from; a trial that never recovered is slower than any objective.</remarks>
/// <param name="Text">As it was written.</param>
/// <param name="Metric">What is measured.</param>
/// <param name="Limit">In milliseconds, as a share from 0 to 1, or a number of requests.</param>
/// <param name="OrEqual">Whether the limit itself is still kept.</param>
public sealed partial record ScenarioObjective(string Text, ObjectiveMetric Metric, double Limit, bool OrEqual)
{
    /// <summary>Reads an objective.</summary>
    /// <param name="text">
    /// <c>recovery p50|p90|p95|p99|max|mean &lt; DURATION</c>, <c>availability &gt; PERCENT %</c> or <c>failed &lt; NUMBER</c>; <c>&lt;=</c> and <c>&gt;=</c> as well.
    /// </param>
    /// <returns>The objective.</returns>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static ScenarioObjective Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Match match = Pattern().Match(text.Trim());
        string unit = match.Groups["unit"].Value;
        ObjectiveMetric metric = (match.Groups["what"].Value, match.Groups["of"].Value, match.Groups["sign"].Value, unit) switch
        {
            ("availability", "", ">", "%") => ObjectiveMetric.Availability,
            ("failed", "", "<", "") => ObjectiveMetric.Failed,
            ("recovery", "p50", "<", "ms" or "s") => ObjectiveMetric.RecoveryP50,
            ("recovery", "p90", "<", "ms" or "s") => ObjectiveMetric.RecoveryP90,
            ("recovery", "p95", "<", "ms" or "s") => ObjectiveMetric.RecoveryP95,
            ("recovery", "p99", "<", "ms" or "s") => ObjectiveMetric.RecoveryP99,
            ("recovery", "max", "<", "ms" or "s") => ObjectiveMetric.RecoveryMax,
            ("recovery", "mean", "<", "ms" or "s") => ObjectiveMetric.RecoveryMean,
            _ => throw new FormatException($"'{text}' is not an objective; write 'recovery p95 < 500ms', 'availability > 99.5 %' or 'failed <= 3'."),
        };
        double number = double.Parse(match.Groups["number"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        double limit = unit switch { "s" => number * 1000, "%" => number / 100, _ => number };
        return new ScenarioObjective(text.Trim(), metric, limit, match.Groups["equal"].Success);
    }

    /// <summary>What is left of the promise, when it was not kept.</summary>
    /// <param name="firstSuccess">The recoveries, in milliseconds.</param>
    /// <param name="availability">The mean availability, 0 to 1.</param>
    /// <param name="failed">The requests that failed.</param>
    /// <returns>The value that was seen, for people; null when the objective was met.</returns>
    internal string? Missed(Distribution firstSuccess, double availability, long failed)
    {
        double value = Metric switch
        {
            ObjectiveMetric.Availability => availability,
            ObjectiveMetric.Failed => failed,
            ObjectiveMetric.RecoveryP50 => firstSuccess.P50.Value ?? double.PositiveInfinity,
            ObjectiveMetric.RecoveryP90 => firstSuccess.P90.Value ?? double.PositiveInfinity,
            ObjectiveMetric.RecoveryP95 => firstSuccess.P95.Value ?? double.PositiveInfinity,
            ObjectiveMetric.RecoveryP99 => firstSuccess.P99.Value ?? double.PositiveInfinity,
            ObjectiveMetric.RecoveryMax => firstSuccess.Maximum ?? double.PositiveInfinity,
            // One that never recovered has no time that could be averaged.
            _ => firstSuccess is { Censored: 0, Mean: { } mean } ? mean : double.PositiveInfinity,
        };
        bool kept = Metric == ObjectiveMetric.Availability ? value > Limit : value < Limit;
        if (kept || (OrEqual && value == Limit))
            return null;
        return Metric switch
        {
            ObjectiveMetric.Availability => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(value * 100_000) / 1000:0.###} %"),
            ObjectiveMetric.Failed => string.Create(CultureInfo.InvariantCulture, $"{failed}"),
            _ when double.IsFinite(value) => string.Create(CultureInfo.InvariantCulture, $"{value:0} ms"),
            _ => "not recovered",
        };
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    [GeneratedRegex(@"^(?<what>availability|failed|recovery)(\s+(?<of>\w+))?\s*(?<sign>[<>])(?<equal>=)?\s*(?<number>\d+(\.\d+)?)\s*(?<unit>ms|s|%)?$", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
