using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios.Tests.Files;

public sealed class ScenarioObjectiveTests
{
    private static readonly Distribution s_recovery = Bootstrap.Summarise([100, 200, 300, 400, 500], 1);

    [Theory]
    [InlineData("recovery p50 < 301ms", null)]
    [InlineData("recovery p50 < 300ms", "300 ms")]
    [InlineData("recovery p50 <= 300ms", null)]
    [InlineData("recovery max < 0.5s", "500 ms")]
    [InlineData("recovery mean<301 ms", null)]
    [InlineData("recovery p95 < 200ms", "480 ms")]
    [InlineData("recovery p75 <= 400ms", null)]
    [InlineData("availability > 99.5 %", "99 %")]
    [InlineData("availability > 98.9%", null)]
    [InlineData("availability >= 99 %", null)]
    [InlineData("failed < 3", "3")]
    [InlineData("failed <= 3", null)]
    public void An_objective_is_met_or_says_what_was_seen(string text, string? seen) =>
        Assert.Equal(seen, ScenarioObjective.Missed(ScenarioObjective.Parse(text), s_recovery, 0.99, 3));

    [Theory]
    [InlineData("recovery p50 < 1000s")]
    [InlineData("recovery mean < 1000s")]
    [InlineData("recovery max < 1000s")]
    public void One_that_never_recovered_is_slower_than_any_objective(string text)
    {
        Distribution recovery = Bootstrap.Summarise([100, null, null], 1);
        Assert.Equal("not recovered", ScenarioObjective.Missed(ScenarioObjective.Parse(text), recovery, 1, 0));
    }

    [Theory]
    [InlineData("recovery p100 < 5ms")]
    [InlineData("recovery < 5ms")]
    [InlineData("recovery p95 > 5ms")]
    [InlineData("recovery p95 < 5")]
    [InlineData("recovery p95 < -5ms")]
    [InlineData("availability < 99 %")]
    [InlineData("availability > 99")]
    [InlineData("availability p95 > 99 %")]
    [InlineData("failed < 3 %")]
    [InlineData("")]
    public void What_makes_no_sense_is_refused_with_what_may_stand_there(string text) =>
        Assert.Contains("recovery p95 < 500ms", Assert.Throws<FormatException>(() => ScenarioObjective.Parse(text)).Message);

    [Fact]
    public void A_missed_objective_is_the_verdict()
    {
        Scenario scenario = ScenarioFile.Parse(new StringReader("""
            schema: 1
            name: a-test
            title: A test
            description: It tests.
            objectives: ["recovery p95 < 10ms"]
            steps: [{ action: crash }]
            """), "test.yaml");
        Assert.Equal("recovery p95 < 10ms", Assert.Single(scenario.Objectives).ToString());
        Assert.Equal("missed: recovery p95 < 10ms, seen 480 ms", Verdict.Of(scenario.Objectives, s_recovery, 1, 0)!.Text);
        Assert.Null(Verdict.Of([ScenarioObjective.Parse("failed <= 0")], s_recovery, 1, 0));
    }
}
