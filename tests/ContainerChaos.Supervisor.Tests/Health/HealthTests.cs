using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor.Tests;

/// <summary>Probes of a container's health, with Docker's rules.</summary>
public sealed class HealthTests : ContainerTest
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(40);

    [Fact]
    public void It_is_starting_then_healthy_unhealthy_after_the_retries_and_healthy_again()
    {
        var container = Probed(["pause"], Command("/target", "cat", "/flag") with { Retries = 2 });
        Assert.Equal(HealthStatus.Starting, container.State.Health!.Status);
        Assert.Equal("unhealthy", container.WaitForEvent(EventTypes.HealthStatus).Attributes["status"]);
        Await(container, health => health.FailingStreak >= 2);
        var failed = container.State.Health!.Log[^1];
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("/flag", failed.Output, StringComparison.Ordinal);
        Assert.True(failed.End >= failed.Start);

        Assert.Equal(0, container.Execute("write", "/flag", "fine").ExitCode);
        Assert.Equal("healthy", container.WaitForEvent(EventTypes.HealthStatus, 2).Attributes["status"]);
        Await(container, health => health.Log.Count == 5 && health.Log.All(result => result.ExitCode == 0));
        Assert.Equal((HealthStatus.Healthy, 0), (container.State.Health!.Status, container.State.Health.FailingStreak));
        Assert.Equal("fine", container.State.Health.Log[^1].Output.TrimEnd());
        // A probe is no command of somebody's: it makes no events.
        Assert.Equal(1, container.Events().Count(e => e.Type == EventTypes.ExecStart));

        var state = container.Ask(client => client.Stop(TimeSpan.Zero, Patience.Token));
        Assert.Equal(HealthStatus.Unhealthy, state.Health!.Status);
        container.Start();
        Assert.Equal(HealthStatus.Starting, container.Ask(client => client.GetState()).Health!.Status);
    }

    [Fact]
    public void Failures_in_the_start_period_do_not_count_and_the_first_success_ends_it()
    {
        var container = Probed(["pause"], Command("/target", "cat", "/flag") with
        {
            Retries = 1,
            StartPeriod = TimeSpan.FromMinutes(5),
            StartInterval = Often,
            Interval = Often / 2,
        });
        Await(container, health => health.Log.Count(result => result.ExitCode == 1) >= 3);
        Assert.Equal((HealthStatus.Starting, 0), (container.State.Health!.Status, container.State.Health.FailingStreak));
        container.Execute("write", "/flag", "x");
        Assert.Equal("healthy", container.WaitForEvent(EventTypes.HealthStatus).Attributes["status"]);
        container.Execute("rm", "/flag");
        Assert.Equal("unhealthy", container.WaitForEvent(EventTypes.HealthStatus, 2).Attributes["status"]);
    }

    [Fact]
    public void A_probe_that_takes_too_long_is_killed_with_what_it_started_and_its_output_is_kept()
    {
        var timeout = Patience.Within(300);
        var container = Probed(["pause"], Command("/target", "seq", "echo", "so far", ";", "sleep", "1000") with
        {
            Timeout = timeout,
            Interval = timeout,
            Retries = 1,
        });
        container.WaitForEvent(EventTypes.HealthStatus);
        foreach (var pid in container.Cgroup.Pids().Where(pid => pid != container.Pid))
            TestContainer.AwaitEnd(pid);
        var result = container.State.Health!.Log[0];
        Assert.Equal((-1, FormattableString.Invariant($"Health check exceeded timeout ({timeout.TotalSeconds:0.###}s): so far\n")), (result.ExitCode, result.Output));
    }

    [Fact]
    public void Output_is_cut_at_4096_bytes_and_a_command_that_is_missing_is_said()
    {
        var talkative = Probed(["pause"], Command("/target", "echo", new string('x', 5000)));
        var missing = Probed(["pause"], Command("/nowhere") with { Retries = 1 });
        Await(talkative, health => health.Log.Count > 0);
        Assert.Equal(new string('x', 4096) + "...", talkative.State.Health!.Log[0].Output);
        missing.WaitForEvent(EventTypes.HealthStatus);
        var result = missing.State.Health!.Log[0];
        Assert.Equal(-1, result.ExitCode);
        Assert.Contains("/nowhere", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Requests_and_connections_are_made_inside_the_container_s_network()
    {
        string[] serve = ["serve", "--port", "8080"];
        // The first probes may come before the service listens: they do not count.
        var good = Probed(serve, Http("/healthz") with { StartPeriod = Patience.Limit, StartInterval = Often });
        var bad = Probed(serve, Http("/nothing") with { Retries = 1 });
        var open = Probed(serve, new HealthCheck { Kind = HealthCheckKind.Tcp, Port = 8080, Interval = Often, StartPeriod = Patience.Limit, StartInterval = Often });
        var closed = Probed(serve, new HealthCheck { Kind = HealthCheckKind.Tcp, Port = 8081, Interval = Often, Retries = 1 });
        Assert.Equal("healthy", good.WaitForEvent(EventTypes.HealthStatus).Attributes["status"]);
        Assert.Equal("unhealthy", bad.WaitForEvent(EventTypes.HealthStatus).Attributes["status"]);
        Assert.Equal("healthy", open.WaitForEvent(EventTypes.HealthStatus).Attributes["status"]);
        Assert.Equal("unhealthy", closed.WaitForEvent(EventTypes.HealthStatus).Attributes["status"]);
        Await(good, health => health.Log is [.., { ExitCode: 0 } last] && last.Output.StartsWith("HTTP/1.", StringComparison.Ordinal) && last.Output.EndsWith("ok\n", StringComparison.Ordinal));
        Await(bad, health => health.Log is [.., { ExitCode: 1 } last] && last.Output.Contains(" 404 ", StringComparison.Ordinal));
        Assert.Contains("ECONNREFUSED", closed.State.Health!.Log[0].Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_does_not_come_is_a_failure()
    {
        var container = Probed(["serve", "--port", "8080"], Http("/work?ms=60000") with { Timeout = TimeSpan.FromMilliseconds(100), Retries = 1 });
        Assert.Equal("unhealthy", container.WaitForEvent(EventTypes.HealthStatus).Attributes["status"]);
        Await(container, health => health.Log is [.., { ExitCode: -1, Output: "Health check exceeded timeout (0.1s)" }]);
    }

    [Fact]
    public void An_unhealthy_container_is_killed_restarted_or_stopped_as_asked()
    {
        var failing = Command("/target", "false") with { Retries = 1 };
        // As with podman, the kill is a crash: the policy fires.
        var killed = Probed(["pause"], failing with { OnFailure = HealthOnFailure.Kill }, RestartPolicy.Parse("on-failure:1"));
        var stopped = Probed(["pause"], failing with { OnFailure = HealthOnFailure.Stop, Interval = Often * 4 }, RestartPolicy.Always);
        var restarted = Probed(["signals"], failing with { OnFailure = HealthOnFailure.Restart });
        killed.WaitForEvent(EventTypes.Start, 2);
        Assert.Equal("137", killed.WaitForEvent(EventTypes.Die).Attributes["exitCode"]);
        Assert.Equal((137, 1), (killed.WaitForExit().ExitCode, killed.State.RestartCount));
        Assert.Equal((ContainerStatus.Exited, 0), (stopped.WaitForExit().Status, stopped.State.RestartCount));
        restarted.WaitForEvent(EventTypes.Restart, 2);
        Assert.Equal(0, restarted.State.RestartCount);
    }

    [Fact]
    public async Task One_that_turns_unhealthy_while_it_is_being_stopped_does_not_come_back()
    {
        // It takes two SIGTERM, the second of which a restart would send.
        var container = Probed(["signals"], Command("/target", "cat", "/flag") with { Retries = 1, StartPeriod = Patience.Limit, StartInterval = Often, OnFailure = HealthOnFailure.Restart });
        container.WaitForOutput("ready");
        container.Execute("write", "/flag", "fine");
        Assert.Equal("healthy", container.WaitForEvent(EventTypes.HealthStatus).Attributes["status"]);
        var stopped = Task.Run(() => container.Ask(client => client.Stop(Patience.Limit, Patience.Token)));
        container.WaitForEvent(EventTypes.Kill);
        container.Execute("rm", "/flag");
        Assert.Equal("unhealthy", container.WaitForEvent(EventTypes.HealthStatus, 2).Attributes["status"]);
        container.Ask(client => client.Kill(9));
        Assert.Equal(ContainerStatus.Exited, (await stopped).Status);
        Assert.Equal(ContainerStatus.Exited, container.WaitForExit().Status);
        Assert.Single(container.Events(), e => e.Type == EventTypes.Start);
    }

    [Fact]
    public void A_paused_container_is_not_probed()
    {
        var paused = Probed(["pause"], Command("/target", "true"));
        var other = Probed(["pause"], Command("/target", "true"));
        paused.WaitForEvent(EventTypes.HealthStatus);
        paused.Ask(client => client.Pause());
        var since = DateTimeOffset.UtcNow;
        // The other one's probes are the clock.
        Await(other, health => health.Log.Count(result => result.Start > since) >= 4);
        Assert.Equal(HealthStatus.Healthy, paused.State.Health!.Status);
        Assert.All(paused.State.Health.Log, result => Assert.True(result.End <= since));
        paused.Ask(client => client.Unpause());
        Await(paused, health => health.Log[^1].Start > since);
        Assert.Equal(HealthStatus.Healthy, paused.State.Health!.Status);
    }

    [Fact]
    public void A_container_that_somebody_froze_turns_unhealthy_and_healthy_when_it_is_thawed()
    {
        var container = Probed(["pause"], Command("/target", "true") with { Timeout = Patience.Within(100), Retries = 3 });
        Assert.Equal("healthy", container.WaitForEvent(EventTypes.HealthStatus).Attributes["status"]);
        container.Cgroup.Freeze(Patience.Limit);
        Assert.Equal("unhealthy", container.WaitForEvent(EventTypes.HealthStatus, 2).Attributes["status"]);
        // One probe waits in the frost, not one for each interval.
        Assert.InRange(container.Cgroup.Pids().Count, 1, 2);
        container.Cgroup.Thaw();
        Assert.Equal("healthy", container.WaitForEvent(EventTypes.HealthStatus, 3).Attributes["status"]);
    }

    [Fact]
    public void The_next_monitor_goes_on_with_the_health_of_the_container()
    {
        var container = Probed(["pause"], Command("/target", "true"));
        container.WaitForEvent(EventTypes.HealthStatus);
        container.KillMonitor();
        var before = container.State.Health!;
        Assert.Equal(before.Log, container.Adopt().Health!.Log);
        Await(container, health => health.Log[^1].Start > before.Log[^1].End);
        Assert.Equal(HealthStatus.Healthy, container.State.Health!.Status);
        Assert.Single(container.Events(), e => e.Type == EventTypes.HealthStatus);
    }

    [Fact]
    public void A_monitor_that_is_killed_at_any_moment_of_a_probe_leaves_no_process_of_it()
    {
        var random = new Random(11);
        var container = Probed(["pause"], Command("/target", "seq", "true", ";", "sleep", "0.01") with { Interval = TimeSpan.FromMilliseconds(1) });
        var pid = container.Pid;
        for (var round = 0; round < Patience.Rounds(300, 10); round++)
        {
            var since = DateTimeOffset.UtcNow;
            Await(container, health => health.Log.Count > 0 && health.Log[^1].Start > since);
            var delay = TimeSpan.FromMicroseconds(random.Next(0, 25_000));
            var asked = System.Diagnostics.Stopwatch.GetTimestamp();
            SpinWait.SpinUntil(() => System.Diagnostics.Stopwatch.GetElapsedTime(asked) > delay);
            container.KillMonitor();
            // The probe's own process goes with it; a child of that was told to take 10 ms.
            foreach (var left in container.Cgroup.Pids().Where(other => other != pid))
                TestContainer.AwaitEnd(left);
            Assert.Equal((ContainerStatus.Running, pid), (container.Adopt().Status, container.Pid));
        }
        Assert.Equal(HealthStatus.Healthy, container.State.Health!.Status);
    }

    [Fact]
    public void A_monitor_that_probes_stays_small()
    {
        var container = Probed(["pause"], Command("/target", "true") with { Interval = TimeSpan.FromMilliseconds(2) });
        var network = Probed(["serve", "--port", "8080"], Http("/healthz") with { Interval = TimeSpan.FromMilliseconds(2) });
        foreach (var one in (TestContainer[])[container, network])
        {
            var first = DateTimeOffset.MinValue;
            for (var seen = 0; seen < Patience.Rounds(40, 8); seen++)
            {
                Await(one, health => health.Log.Count == 5 && health.Log[0].Start > first);
                first = one.State.Health!.Log[^1].Start;
            }
            // The program's own pages are shared by all monitors; what each has for itself is this, and stays below what is promised of the whole.
            var memory = File.ReadLines($"/proc/{one.State.MonitorPid}/smaps_rollup").Single(line => line.StartsWith("Pss_Anon:", StringComparison.Ordinal));
            Assert.InRange(int.Parse(memory.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture), 1, 2500);
        }
    }

    private static HealthCheck Command(params string[] command) => new() { Kind = HealthCheckKind.Exec, Command = command, Interval = Often };

    private static HealthCheck Http(string path) => new() { Kind = HealthCheckKind.Http, Port = 8080, Path = path, Interval = Often };

    private static void Await(TestContainer container, Func<ContainerHealth, bool> condition) =>
        container.Await("its health", () => container.State.Health is { } health && condition(health));

    private TestContainer Probed(string[] command, HealthCheck check, RestartPolicy? policy = null)
    {
        var container = Create(command, d => d with { HealthCheck = check, RestartPolicy = policy ?? RestartPolicy.No, StopTimeout = TimeSpan.FromMilliseconds(50) });
        container.Start();
        return container;
    }
}
