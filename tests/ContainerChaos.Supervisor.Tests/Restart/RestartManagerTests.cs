using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor.Tests;

public sealed class RestartManagerTests
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1), Long = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData("no", 0, false)]
    [InlineData("no", 1, false)]
    [InlineData("on-failure", 0, false)]
    [InlineData("on-failure", 1, true)]
    [InlineData("on-failure", 137, true)]
    [InlineData("on-failure", null, true)]
    [InlineData("always", 0, true)]
    [InlineData("always", 137, true)]
    [InlineData("unless-stopped", 0, true)]
    [InlineData("unless-stopped", null, true)]
    public void A_policy_keeps_its_promise(string policy, int? exitCode, bool restart)
    {
        var manager = new RestartManager(RestartPolicy.Parse(policy), RestartDelay.Docker);
        Assert.Equal(restart, manager.AfterExit(exitCode, manuallyStopped: false, Short).Restart);
        Assert.Equal(restart ? 1 : 0, manager.RestartCount);
    }

    [Theory]
    [InlineData("on-failure")]
    [InlineData("always")]
    [InlineData("unless-stopped")]
    public void An_operator_s_stop_disarms_every_policy(string policy)
    {
        var manager = new RestartManager(RestartPolicy.Parse(policy), RestartDelay.Docker);
        Assert.False(manager.AfterExit(137, manuallyStopped: true, Short).Restart);
    }

    [Fact]
    public void On_failure_gives_up_after_its_number_of_retries()
    {
        var manager = new RestartManager(RestartPolicy.Parse("on-failure:3"), RestartDelay.Docker);
        Assert.Equal([true, true, true, false, false], Enumerable.Range(0, 5).Select(_ => manager.AfterExit(1, false, Short).Restart));
        Assert.Equal(3, manager.RestartCount);
    }

    [Fact]
    public void A_long_run_starts_the_series_again_and_the_count_goes_on()
    {
        var manager = new RestartManager(RestartPolicy.Always, RestartDelay.Docker);
        var runs = new[] { Short, Short, Short, Long, Short };
        Assert.Equal([100, 200, 400, 100, 200], runs.Select(ran => manager.AfterExit(1, false, ran).Delay.TotalMilliseconds));
        Assert.Equal(5, manager.RestartCount);
    }

    [Fact]
    public void Retries_are_counted_across_a_long_run()
    {
        var manager = new RestartManager(RestartPolicy.Parse("on-failure:2"), RestartDelay.Docker);
        Assert.Equal([true, true, false], new[] { Short, Long, Long }.Select(ran => manager.AfterExit(1, false, ran).Restart));
    }

    [Fact]
    public void An_operator_s_start_begins_anew()
    {
        var manager = new RestartManager(RestartPolicy.Always, RestartDelay.Docker);
        manager.AfterExit(1, false, Short);
        manager.AfterExit(1, false, Short);
        manager.Reset();
        Assert.Equal((100, 1), (manager.AfterExit(1, false, Short).Delay.TotalMilliseconds, manager.RestartCount));
    }

    [Fact]
    public void A_changed_policy_counts_from_the_next_end_and_a_changed_delay_begins_its_series()
    {
        var manager = new RestartManager(RestartPolicy.Always, RestartDelay.Docker);
        manager.AfterExit(1, false, Short);
        manager.AfterExit(1, false, Short);
        manager.Change(RestartPolicy.Parse("on-failure:4"), RestartDelay.Docker);
        Assert.Equal((400, 3), (manager.AfterExit(1, false, Short).Delay.TotalMilliseconds, manager.RestartCount));
        manager.Change(RestartPolicy.Parse("on-failure:4"), RestartDelay.Constant(TimeSpan.FromMilliseconds(7)));
        Assert.Equal(7, manager.AfterExit(1, false, Short).Delay.TotalMilliseconds);
        Assert.False(manager.AfterExit(1, false, Short).Restart);
    }

    [Theory]
    [InlineData("no", "no")]
    [InlineData("No", "no")]
    [InlineData("on-failure", "on-failure")]
    [InlineData("on-failure:0", "on-failure")]
    [InlineData("on-failure:3", "on-failure:3")]
    [InlineData("ALWAYS", "always")]
    [InlineData("unless-stopped", "unless-stopped")]
    public void A_policy_is_read_as_Docker_writes_it(string text, string expected) => Assert.Equal(expected, RestartPolicy.Parse(text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData("sometimes")]
    [InlineData("always:3")]
    [InlineData("no:0")]
    [InlineData("on-failure:")]
    [InlineData("on-failure:-1")]
    [InlineData("on-failure:x")]
    [InlineData("on-failure:99999999999")]
    public void A_policy_that_is_none_is_refused(string text) =>
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<ContainerException>(() => RestartPolicy.Parse(text)).Reason);
}
