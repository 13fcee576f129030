using System.Diagnostics;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor.Tests;

/// <summary>Stop signal, grace period, SIGKILL; and what PID 1 does with signals.</summary>
[Trait("Category", "Kernel")]
public sealed class StopTests : ContainerTest
{
    [Fact]
    public void A_handler_ends_well_inside_the_grace_period()
    {
        var container = Serving();
        var started = Stopwatch.GetTimestamp();
        var state = container.Ask(client => client.Stop(null, Patience.Token));
        Assert.Equal((ContainerStatus.Exited, 0, true), (state.Status, state.ExitCode, state.ManuallyStopped));
        Assert.True(Stopwatch.GetElapsedTime(started) < Patience.Within(2000));
    }

    [Theory]
    [InlineData("--ignore-term")]
    [InlineData("--no-handler")]
    [InlineData("--fork-app")]
    public void Whoever_does_not_end_dies_at_the_end_of_the_grace_period(string habit)
    {
        var container = Serving(habit);
        var grace = TimeSpan.FromMilliseconds(500);
        var started = Stopwatch.GetTimestamp();
        var state = container.Ask(client => client.Stop(grace, Patience.Token));
        var took = Stopwatch.GetElapsedTime(started);
        Assert.Equal((ContainerStatus.Exited, 137), (state.Status, state.ExitCode));
        Assert.InRange(took, grace, grace + Patience.Within(250));
        Assert.False(state.OomKilled);
    }

    [Fact]
    public void With_an_init_the_app_gets_the_signal()
    {
        var container = Serving(["serve", "--unix", "/s", "--no-handler"], init: true);
        var started = Stopwatch.GetTimestamp();
        var state = container.Ask(client => client.Stop(TimeSpan.FromSeconds(20), Patience.Token));
        Assert.Equal(128 + 15, state.ExitCode);
        Assert.True(Stopwatch.GetElapsedTime(started) < Patience.Within(2000));
    }

    [Fact]
    public void An_init_forwards_every_signal()
    {
        var container = Create(["signals"], definition => definition with { Init = true });
        container.Start();
        container.WaitForOutput("ready");
        foreach (var (signal, name) in new[] { (1, "HUP"), (2, "INT"), (10, "USR1"), (12, "USR2"), (18, "CONT"), (28, "WINCH"), (40, "SIG40") })
        {
            container.Ask(client => client.Kill(signal));
            container.WaitForOutput(name);
        }
        container.Ask(client => client.Kill(15));
        container.WaitForOutput("TERM");
        container.Ask(client => client.Kill(15));
        Assert.Equal(0, container.WaitForExit().ExitCode);
    }

    [Fact]
    public void SIGTERM_to_a_PID_1_without_a_handler_does_nothing()
    {
        var container = Started("pause");
        container.Ask(client => client.Kill(15));
        container.Ask(client => client.Kill(2));
        // The kernel has dropped them when the next request is answered: they are not even pending.
        Assert.Equal(0UL, ProcessStatus.TryRead(container.Pid)!.PendingSignals);
        Assert.Equal(0, container.Execute("true").ExitCode);
        Assert.Equal(ContainerStatus.Running, container.Ask(client => client.GetState()).Status);
    }

    [Fact]
    public void SIGKILL_to_PID_1_from_inside_does_nothing()
    {
        var container = Started("pause");
        Assert.Equal(0, container.Execute("kill", "KILL", "1").ExitCode);
        Assert.Equal(0, container.Execute("true").ExitCode);
        Assert.Equal(ContainerStatus.Running, container.Ask(client => client.GetState()).Status);
    }

    [Fact]
    public void SIGKILL_from_the_host_ends_it_with_137()
    {
        var container = Started("pause");
        container.Crash();
        Assert.Equal(137, container.WaitForExit().ExitCode);
    }

    [Fact]
    public void The_stop_signal_is_the_container_s_own()
    {
        var container = Create(["signals"], definition => definition with { StopSignal = 3, StopTimeout = TimeSpan.FromMilliseconds(300) });
        container.Start();
        container.WaitForOutput("ready");
        Assert.Equal(137, container.Ask(client => client.Stop(null, Patience.Token)).ExitCode);
        Assert.Contains("QUIT", container.Output());
        Assert.DoesNotContain("TERM", container.Output());
    }

    [Fact]
    public async Task A_second_stop_does_not_put_the_end_off()
    {
        var container = Serving("--ignore-term");
        var started = Stopwatch.GetTimestamp();
        var first = Task.Run(() => container.Ask(client => client.Stop(TimeSpan.FromSeconds(2), Patience.Token)));
        container.WaitForEvent(EventTypes.Kill);
        var second = Task.Run(() => container.Ask(client => client.Stop(TimeSpan.FromSeconds(60), Patience.Token)));
        Assert.Equal(137, (await first).ExitCode);
        Assert.Equal(137, (await second).ExitCode);
        Assert.True(Stopwatch.GetElapsedTime(started) < Patience.Within(10_000));
    }

    [Fact]
    public async Task A_second_stop_with_less_patience_ends_it_sooner()
    {
        var container = Serving("--ignore-term");
        var first = Task.Run(() => container.Ask(client => client.Stop(TimeSpan.FromSeconds(60), Patience.Token)));
        container.WaitForEvent(EventTypes.Kill);
        Assert.Equal(137, container.Ask(client => client.Stop(TimeSpan.Zero, Patience.Token)).ExitCode);
        Assert.Equal(137, (await first).ExitCode);
    }

    [Fact]
    public void A_stop_that_nobody_waits_for_goes_on()
    {
        var container = Serving("--ignore-term");
        using (var client = container.Connect())
        using (var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(10)))
            Assert.ThrowsAny<OperationCanceledException>(() => client.Stop(TimeSpan.FromMilliseconds(200), soon.Token));
        Assert.Equal(137, container.WaitForExit().ExitCode);
    }

    private TestContainer Serving(string? habit = null) => Serving(["serve", "--unix", "/s", .. habit is null ? [] : new[] { habit }], init: false);

    private TestContainer Serving(string[] command, bool init)
    {
        var container = Create(command, definition => definition with { Init = init });
        container.Start();
        container.WaitForOutput("listening");
        return container;
    }
}
