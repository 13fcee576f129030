using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios;

/// <summary>What a service has promised its users, as a tolerance: <c>recovery p95 &lt; 500ms</c>, <c>availability &gt; 99.5 %</c>, <c>failed &lt;= 3</c>.</summary>
/// <remarks>It is held against every row whose step should be recovered from; a trial that never recovered is slower than any objective.</remarks>
public static class ScenarioObjective
{
    private const string Recovery = "recovery", Availability = "availability", Failed = "failed";

    private static readonly ToleranceGrammar s_grammar = new(
        "an objective",
        "'recovery p95 < 500ms', 'availability > 99.5 %' or 'failed <= 3'",
        new ToleranceTerm(Recovery, ToleranceUnit.Time) { HasQuantiles = true, HasMean = true, Operators = ["<", "<="] },
        new ToleranceTerm(Availability, ToleranceUnit.Share) { Operators = [">", ">="] },
        new ToleranceTerm(Failed, ToleranceUnit.Number) { Operators = ["<", "<="] });

    /// <summary>Reads an objective.</summary>
    /// <param name="text">
    /// <c>recovery p95|max|mean &lt; DURATION</c>, <c>availability &gt; PERCENT %</c> or <c>failed &lt; NUMBER</c>; <c>&lt;=</c> and <c>&gt;=</c> as well.
    /// </param>
    /// <returns>The objective.</returns>
    /// <exception cref="FormatException">It is none of these.</exception>
    public static Tolerance Parse(string text) => s_grammar.Parse(text);

    /// <summary>What is left of the promise, when it was not kept.</summary>
    /// <param name="objective">The promise.</param>
    /// <param name="firstSuccess">The recoveries, in milliseconds.</param>
    /// <param name="availability">The mean availability, 0 to 1.</param>
    /// <param name="failed">The requests that failed.</param>
    /// <returns>The value that was seen, for people; null when the objective was met.</returns>
    internal static string? Missed(Tolerance objective, Distribution firstSuccess, double availability, long failed)
    {
        double value = objective switch
        {
            { Subject: Availability } => availability,
            { Subject: Failed } => failed,
            { Quantile: { } quantile } => Bootstrap.Quantile([.. firstSuccess.Values.Select(v => v ?? double.PositiveInfinity).Order()], quantile),
            // One that never recovered has no time that could be averaged.
            _ => firstSuccess is { Censored: 0, Mean: { } mean } ? mean : double.PositiveInfinity,
        };
        return objective.Holds(value) ? null : double.IsFinite(value) ? objective.Describe(value) : "not recovered";
    }
}
