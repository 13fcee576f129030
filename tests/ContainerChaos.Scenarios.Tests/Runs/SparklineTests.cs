namespace ContainerChaos.Scenarios.Tests.Runs;

public sealed class SparklineTests
{
    [Fact]
    public void Bars_go_from_nothing_to_the_longest_and_a_trial_that_did_not_recover_is_marked() =>
        Assert.Equal("▁▅█×", Sparkline.Of([TimeSpan.Zero, TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(200), null]));

    [Fact]
    public void Only_the_last_24_are_shown_and_scaled_by_their_own_longest() =>
        Assert.Equal(new string('█', 24), Sparkline.Of([TimeSpan.FromSeconds(60), .. Enumerable.Repeat<TimeSpan?>(TimeSpan.FromMilliseconds(5), 24)]));

    [Theory]
    [InlineData(0, "")]
    [InlineData(2, "××")]
    public void Without_a_recovery_there_is_nothing_to_scale(int trials, string line) =>
        Assert.Equal(line, Sparkline.Of(Enumerable.Repeat<TimeSpan?>(null, trials)));
}
