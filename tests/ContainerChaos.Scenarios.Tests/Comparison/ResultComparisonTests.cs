using ContainerChaos.Scenarios.Comparison;
using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios.Tests.Comparison;

public sealed class ResultComparisonTests
{
    private static readonly double?[] s_fast = [101, 103, 104, 106, 107, 109, 110, 112];

    [Fact]
    public void Samples_without_overlap_are_an_effect_of_one_with_the_shift_of_their_medians()
    {
        ChaosComparison found = Compare(s_fast, [.. s_fast.Select(v => v + 50)]);
        Assert.Equal(1, found.EffectSize);
        Assert.Equal(TimeSpan.FromMilliseconds(50), found.Shift);
        Assert.InRange(found.ShiftLow!.Value.TotalMilliseconds, 43, 50);
        Assert.InRange(found.ShiftHigh!.Value.TotalMilliseconds, 50, 57);
        Assert.Equal(EffectMagnitude.Large, found.Magnitude);
        Assert.Equal(ComparisonVerdict.Slower, found.Verdict);
        Assert.Equal(ComparisonVerdict.Faster, Compare([.. s_fast.Select(v => v + 50)], s_fast).Verdict);
    }

    [Fact]
    public void A_sample_against_itself_shows_no_difference()
    {
        ChaosComparison found = Compare(s_fast, s_fast);
        Assert.Equal(0, found.EffectSize);
        Assert.True(found.EffectLow < 0 && found.EffectHigh > 0);
        Assert.Equal(ComparisonVerdict.NoDifferenceShown, found.Verdict);
    }

    [Fact]
    public void The_effect_counts_pairs_and_ties_count_for_neither()
    {
        // Against 1 all three are slower, against 2 one is; against 3 two are faster, against 4 all three: four and five of twelve pairs.
        Assert.Equal((4 - 5) / 12.0, Compare([1, 2, 3, 4], [2, 2, 3]).EffectSize, 12);
    }

    [Fact]
    public void What_never_recovered_is_slower_than_all_that_did_and_two_that_never_did_are_a_tie()
    {
        ChaosComparison found = Compare(s_fast, [.. s_fast.Select(_ => (double?)null)]);
        Assert.Equal(1, found.EffectSize);
        Assert.Equal(8, found.DifferenceCensored);
        Assert.Null(found.Shift);
        Assert.Null(found.DifferenceP50);
        Assert.Equal(ComparisonVerdict.Slower, found.Verdict);
        Assert.Equal(0, Compare([null, null, null, null], [null, null, null, null]).EffectSize);
    }

    [Theory]
    [InlineData(3, ComparisonVerdict.TooFewTrials)]
    [InlineData(4, ComparisonVerdict.Slower)]
    public void Three_trials_are_no_evidence_however_far_apart(int trials, ComparisonVerdict expected) =>
        Assert.Equal(expected, Compare([.. s_fast.Take(trials)], [.. s_fast.Take(trials).Select(v => v * 10)]).Verdict);

    // From published tables of the exact distribution, and R's wilcox.test(exact = FALSE) for the one with ties.
    [Theory]
    [InlineData(new double[] { 1, 2, 3, 4 }, new double[] { 5, 6, 7, 8 }, 2 / 70.0)]
    [InlineData(new double[] { 1, 2, 3, 4, 8 }, new double[] { 5, 6, 7, 9, 10 }, 14 / 252.0)]
    [InlineData(new double[] { 1, 3, 5, 7 }, new double[] { 2, 4, 6, 8 }, 48 / 70.0)]
    [InlineData(new double[] { 1, 1, 2, 2 }, new double[] { 2, 3, 3, 3 }, 0.0471)]
    public void The_p_value_is_that_of_the_Mann_Whitney_test(double[] reference, double[] difference, double expected) =>
        Assert.Equal(expected, Compare([.. reference.Select(v => (double?)v)], [.. difference.Select(v => (double?)v)]).PValue, 3);

    [Fact]
    public void Two_draws_of_one_distribution_differ_by_verdict_in_no_more_than_one_of_twenty()
    {
        var random = new Random(11);
        double?[] Draw() => [.. Enumerable.Range(0, 5).Select(_ => (double?)(100 + (20 * random.NextDouble())))];
        int differ = Enumerable.Range(0, 300).Count(_ => Compare(Draw(), Draw()).Verdict != ComparisonVerdict.NoDifferenceShown);
        Assert.InRange(differ, 1, 15);
    }

    [Fact]
    public void The_same_seed_gives_the_same_intervals()
    {
        double?[] slower = [.. s_fast.Select(v => v + 4)];
        Assert.Equal(Compare(s_fast, slower), Compare(s_fast, slower));
    }

    [Fact]
    public void The_interval_holds_the_true_effect_in_about_nineteen_of_twenty_draws()
    {
        // Two exponential distributions with means 1 and 2: P(slower) = 2/3, so the true delta is 1/3.
        var random = new Random(7);
        int held = 0;
        const int Draws = 300;
        for (int i = 0; i < Draws; i++)
        {
            double?[] a = [.. Enumerable.Range(0, 40).Select(_ => (double?)-Math.Log(1 - random.NextDouble()))];
            double?[] b = [.. Enumerable.Range(0, 40).Select(_ => (double?)(-2 * Math.Log(1 - random.NextDouble())))];
            ChaosComparison found = Compare(a, b);
            held += found.EffectLow <= 1 / 3.0 && 1 / 3.0 <= found.EffectHigh ? 1 : 0;
        }

        Assert.InRange(held / (double)Draws, 0.90, 0.99);
    }

    [Fact]
    public void A_row_is_compared_with_the_one_most_like_it_of_the_same_scenario_and_crash()
    {
        ScenarioRow always = Row(s_fast), onFailure = Row(s_fast) with { Policy = "on-failure:3" }, second = Row(s_fast) with { Crash = "2nd" };
        ScenarioRow withInit = always with { Init = true };
        Assert.Same(always, ResultComparison.Partner([always, second], withInit));
        Assert.Same(withInit, ResultComparison.Partner([always, withInit], withInit with { Variant = "small" }));
        Assert.Null(ResultComparison.Partner([second], always));
        string message = Assert.Throws<ArgumentException>(() => ResultComparison.Partner([always, onFailure], Row(s_fast) with { Policy = "no" })).Message;
        Assert.Contains("always, no init or with on-failure:3, no init", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_unknown_stage_is_named_with_those_there_are()
    {
        string message = Assert.Throws<ArgumentException>(() => ResultComparison.Compare(Row(s_fast), Row(s_fast), "third")).Message;
        Assert.Contains("'third'", message, StringComparison.Ordinal);
        Assert.Contains("firstSuccess", message, StringComparison.Ordinal);
    }

    private static ChaosComparison Compare(double?[] reference, double?[] difference) => ResultComparison.Compare(Row(reference), Row(difference));

    internal static ScenarioRow Row(IReadOnlyList<double?> firstSuccess)
    {
        Distribution stage = Bootstrap.Summarise(firstSuccess, 1);
        return new ScenarioRow
        {
            Scenario = "memory-overrun",
            Policy = "always",
            Init = false,
            Crash = "1st",
            N = stage.Count,
            Unrecovered = stage.Censored,
            FirstSuccessP50 = stage.P50.Value is { } p50 ? TimeSpan.FromMilliseconds(p50) : null,
            Availability = 0.98,
            FailedRequests = 3,
            DelayedRequests = 1,
            ExitCodes = "137×8",
            Verdict = "ok",
            AsExpected = true,
            Stages = new Dictionary<string, Distribution> { ["firstSuccess"] = stage },
        };
    }
}
