namespace ContainerChaos.Scenarios.Tests.Tolerances;

public sealed class ToleranceTests
{
    [Theory]
    [InlineData("memory < 40m", 40 << 20, false)]
    [InlineData("memory <= 40m", 40 << 20, true)]
    [InlineData("memory < 80 %", 0.79, true)]
    [InlineData("cpu > 150%", 1.6, true)]
    [InlineData("pids >= 3", 3, true)]
    [InlineData("restarts = 0", 0, true)]
    [InlineData("restarts = 0", 1, false)]
    [InlineData("restarts!=0", 1, true)]
    [InlineData("throttled < 1.5s", 1499, true)]
    public void A_number_is_compared_in_its_unit(string text, double value, bool holds)
    {
        Assert.Equal(holds, MetricProbe.Grammar.Parse(text).Holds(value));
        Assert.False(MetricProbe.Grammar.Parse(text).Holds("0"));
    }

    [Theory]
    [InlineData("body = OK", "ok", true)]
    [InlineData("body != ok", "ok", false)]
    [InlineData("body contains a = b or abort", "if a = b or abort", true)]
    [InlineData("body contains OK", "ok", false)]
    [InlineData("body matches ^o.$", "ok", true)]
    [InlineData("body matches (a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", false)]
    public void A_text_is_compared_as_the_operator_says(string text, string value, bool holds) => Assert.Equal(holds, HttpProbe.Grammar.Parse(text).Holds(value));

    [Theory]
    [InlineData("memory")]
    [InlineData("memory <")]
    [InlineData("memory < much")]
    [InlineData("memory p95 < 4m")]
    [InlineData("speed < 4m")]
    [InlineData("memory contains 4m")]
    [InlineData("pids < 4 or abort")]
    [InlineData("pids < 4 over 1s")]
    public void What_is_none_is_refused_with_what_to_write(string text) => Assert.Contains("write 'memory < 40m'", Assert.Throws<FormatException>(() => MetricProbe.Grammar.Parse(text)).Message);

    [Theory]
    [InlineData("state = sleepy")]
    [InlineData("state < running")]
    public void A_state_is_one_of_those_there_are(string text) => Assert.Throws<FormatException>(() => ContainerProbe.Grammar.Parse(text));

    [Fact]
    public void What_is_no_regular_expression_is_refused() => Assert.Throws<FormatException>(() => HttpProbe.Grammar.Parse("body matches (["));

    [Theory]
    [InlineData("memory < 80 %", 0.994996, "99.499 %")]
    [InlineData("memory < 80m", 1.5 * (1 << 20), "1.5 MB")]
    [InlineData("throttled < 1s", 612.4, "612 ms")]
    [InlineData("throttled < 1s", 1.2341, "1.234 ms")]
    [InlineData("pids < 1", 2, "2")]
    public void What_was_seen_is_told_in_the_unit_of_the_limit(string text, double value, string told) => Assert.Equal(told, MetricProbe.Grammar.Parse(text).Describe(value));
}
