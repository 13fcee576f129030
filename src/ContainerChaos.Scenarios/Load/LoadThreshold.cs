namespace ContainerChaos.Scenarios.Load;

/// <summary>
/// A limit that a load shall keep, as a tolerance: <c>failed &lt; 5%</c>, <c>p99 &lt; 250ms over 1s</c>, <c>lateness p99 &lt; 10ms</c>, <c>failed &lt; 90% over 2s or abort</c>.
/// Quantiles are of the latencies of successes from the intended send time; <c>lateness</c> is the generator's own.
/// </summary>
public static class LoadThreshold
{
    internal const string Failed = "failed", Latency = "latency", Lateness = "lateness";

    private static readonly ToleranceGrammar s_grammar = new(
        "a threshold",
        "'failed < 5%', 'p99 < 250ms over 1s' or 'failed < 90% over 2s or abort'",
        new ToleranceTerm(Failed, ToleranceUnit.Share) { Operators = ["<", "<="] },
        new ToleranceTerm(Latency, ToleranceUnit.Time) { HasQuantiles = true, IsImplied = true, Operators = ["<", "<="] },
        new ToleranceTerm(Lateness, ToleranceUnit.Time) { HasQuantiles = true, Operators = ["<", "<="] })
    {
        IsJudgedMeanwhile = true,
    };

    private static readonly ToleranceGrammar s_limits = new(
        "a limit of a load",
        "'failed > 50% over 1s' or 'p99 > 2s'",
        new ToleranceTerm(Failed, ToleranceUnit.Share) { Operators = [">"] },
        new ToleranceTerm(Latency, ToleranceUnit.Time) { HasQuantiles = true, IsImplied = true, Operators = [">"] },
        new ToleranceTerm(Lateness, ToleranceUnit.Time) { HasQuantiles = true, Operators = [">"] })
    {
        IsJudgedMeanwhile = true,
    };

    /// <summary>Reads one.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The threshold.</returns>
    /// <exception cref="FormatException">It is none.</exception>
    public static Tolerance Parse(string text) => s_grammar.Parse(text);

    /// <summary>What a load must not become (<c>failed &gt; 50% over 1s</c>), as the threshold that ends it then; null when the text is nothing of the kind.</summary>
    internal static Tolerance? TryParseLimit(string text) =>
        s_limits.TryParse(text) is { Aborts: false } limit ? limit with { Operator = ToleranceOperator.AtMost, Aborts = true } : null;
}
