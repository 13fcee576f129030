using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios.Comparison;

/// <summary>Compares rows of results: two policies of a run, with an init and without, or the same combination of two runs.</summary>
public static class ResultComparison
{
    /// <summary>The row that another one is to be compared with: of the same scenario and crash, and as like it otherwise as any.</summary>
    /// <param name="references">The rows to choose from.</param>
    /// <param name="row">The row that needs a partner.</param>
    /// <returns>The partner; null when no row is of the same scenario and crash.</returns>
    /// <exception cref="ArgumentException">Several rows are equally like it.</exception>
    public static ScenarioRow? Partner(IEnumerable<ScenarioRow> references, ScenarioRow row)
    {
        ArgumentNullException.ThrowIfNull(references);
        ArgumentNullException.ThrowIfNull(row);
        ScenarioRow[][] byLikeness = [.. references
            .Where(r => r.Scenario == row.Scenario && r.Crash == row.Crash)
            .GroupBy(r => Likeness(r, row))
            .OrderByDescending(g => g.Key)
            .Select(g => g.ToArray())];
        return byLikeness switch
        {
            [] => null,
            [[ScenarioRow only], ..] => only,
            [ScenarioRow[] several, ..] => throw new ArgumentException(
                $"{row.Scenario}, {row.Crash}, {Label(row)} could be compared with {string.Join(" or with ", several.Select(Label))}. Pass a reference of one of them.",
                nameof(references)),
        };
    }

    /// <summary>Compares a stage of two rows.</summary>
    /// <param name="reference">What it is compared with.</param>
    /// <param name="difference">What is compared.</param>
    /// <param name="stage">A name of <see cref="ScenarioRow.Stages"/>.</param>
    /// <param name="seed">The seed of the resampling.</param>
    /// <returns>The comparison.</returns>
    /// <exception cref="ArgumentException">A row has no such stage, or no trials in it.</exception>
    public static ChaosComparison Compare(ScenarioRow reference, ScenarioRow difference, string stage = "firstSuccess", int seed = 1)
    {
        ArgumentNullException.ThrowIfNull(reference);
        ArgumentNullException.ThrowIfNull(difference);
        Distribution before = Stage(reference, stage), after = Stage(difference, stage);
        var samples = new TwoSamples(Sorted(before), Sorted(after));
        double[] effects = new double[Bootstrap.Resamples], shifts = new double[Bootstrap.Resamples];
        var random = new Random(seed);
        for (int i = 0; i < Bootstrap.Resamples; i++)
        {
            TwoSamples drawn = samples.Resample(random);
            (effects[i], shifts[i]) = (drawn.CliffsDelta(), drawn.Shift());
        }

        Array.Sort(effects);
        double p = samples.PValue();
        (double low, double high) = (Bootstrap.Quantile(effects, 0.025), Bootstrap.Quantile(effects, 0.975));
        // NaN sorts below everything; a bound that touches it is as unknown as an infinite one.
        Array.Sort(shifts);
        return new ChaosComparison
        {
            Scenario = difference.Scenario,
            Crash = difference.Crash,
            Stage = stage,
            Reference = Label(reference),
            Difference = Label(difference),
            ReferenceN = before.Count,
            DifferenceN = after.Count,
            ReferenceCensored = before.Censored,
            DifferenceCensored = after.Censored,
            ReferenceP50 = Span(before.P50.Value),
            DifferenceP50 = Span(after.P50.Value),
            Shift = Span(samples.Shift()),
            ShiftLow = Span(Bootstrap.Quantile(shifts, 0.025)),
            ShiftHigh = Span(Bootstrap.Quantile(shifts, 0.975)),
            EffectSize = samples.CliffsDelta(),
            EffectLow = low,
            EffectHigh = high,
            PValue = p,
            Verdict = !samples.CanTell() ? ComparisonVerdict.TooFewTrials
                : p >= 0.05 ? ComparisonVerdict.NoDifferenceShown
                : low > 0 ? ComparisonVerdict.Slower
                : high < 0 ? ComparisonVerdict.Faster
                : ComparisonVerdict.NoDifferenceShown,
        };
    }

    private static string Label(ScenarioRow row) =>
        $"{row.Policy}, {(row.Init ? "init" : "no init")}{(row.Variant is null ? "" : $", {row.Variant}")}{(row.Host is null ? "" : $", {row.Host}")}{(row is ChaosResult { Run: var run } ? $", run {run}" : "")}";

    private static int Likeness(ScenarioRow one, ScenarioRow other) =>
        (one.Policy == other.Policy ? 1 : 0) + (one.Init == other.Init ? 1 : 0) + (one.Variant == other.Variant ? 1 : 0) + (one.Host == other.Host ? 1 : 0);

    private static Distribution Stage(ScenarioRow row, string stage)
    {
        if (!row.Stages.TryGetValue(stage, out Distribution? found))
            throw new ArgumentException($"{row.Scenario} has no stage '{stage}'. Use one of {string.Join(", ", row.Stages.Keys)}.", nameof(stage));
        return found.Count > 0 ? found : throw new ArgumentException($"{row.Scenario}, {row.Crash} has no trial to compare.", nameof(row));
    }

    private static double[] Sorted(Distribution stage)
    {
        double[] sorted = [.. stage.Values.Select(v => v ?? double.PositiveInfinity)];
        Array.Sort(sorted);
        return sorted;
    }

    private static TimeSpan? Span(double? milliseconds) => milliseconds is { } ms && double.IsFinite(ms) ? TimeSpan.FromMilliseconds(ms) : null;
}
