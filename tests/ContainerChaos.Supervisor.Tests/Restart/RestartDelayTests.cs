using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor.Tests;

public sealed class RestartDelayTests
{
    [Fact]
    public void Docker_s_delay_starts_at_100_ms_doubles_and_stops_at_a_minute()
    {
        var delays = new List<double>();
        for (var delay = RestartDelay.Docker.Next(TimeSpan.Zero); delays.Count < 12; delay = RestartDelay.Docker.Next(delay))
            delays.Add(delay.TotalMilliseconds);
        Assert.Equal([100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000], delays);
    }

    [Theory]
    [InlineData("docker", "docker")]
    [InlineData(" Docker ", "docker")]
    [InlineData("none", "none")]
    [InlineData("0", "none")]
    [InlineData("0ms", "none")]
    [InlineData("250ms", "250ms")]
    [InlineData("0.5s", "500ms")]
    [InlineData("2s", "2000ms")]
    [InlineData("1m", "60000ms")]
    [InlineData("00:00:00.25", "250ms")]
    public void What_can_be_written_is_read(string text, string expected) => Assert.Equal(expected, RestartDelay.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("-1s")]
    [InlineData("-00:00:01")]
    [InlineData("5")]
    [InlineData("soon")]
    [InlineData("1e9m")]
    [InlineData("999999999999m")]
    [InlineData("ms")]
    public void What_makes_no_sense_is_refused_with_what_does(string text)
    {
        var error = Assert.Throws<ContainerException>(() => RestartDelay.Parse(text));
        Assert.Equal(ErrorReason.InvalidArgument, error.Reason);
        Assert.Contains("docker", error.Remedy);
    }

    [Fact]
    public void A_constant_delay_stays()
    {
        var delay = RestartDelay.Constant(TimeSpan.FromMilliseconds(250));
        Assert.Equal(delay.Initial, delay.Next(delay.Next(TimeSpan.Zero)));
    }
}
