using System.Diagnostics;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using Xunit.Abstractions;

namespace ContainerChaos.Supervisor.Tests;

/// <summary>The same over and over. CONTAINERCHAOS_LONG=1 asks for the long form, with both processors busy beside it.</summary>
[Trait("Category", "Kernel")]
public sealed class EnduranceTests(ITestOutputHelper output) : ContainerTest
{
    [Fact]
    public void Many_starts_and_ends_leave_nothing_behind()
    {
        using var noise = Noise.Make();
        var rounds = Patience.Rounds(1000, 40);
        var times = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            var container = Create("true");
            var started = Stopwatch.GetTimestamp();
            var state = container.Run();
            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            Assert.Equal((ContainerStatus.Exited, 0), (state.Status, state.ExitCode));
            Remove(container);
        }
        Report("start to exited", times);
        Assert.Empty(Root.FindLeaks());
    }

    [Fact]
    public void Restarts_of_one_container_keep_the_monitor_as_it_is()
    {
        var container = Create(["true"], d => d with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.None });
        container.Start();
        container.WaitForEvent(EventTypes.Start, 10);
        var monitor = container.State.MonitorPid;
        var before = Directory.GetFiles($"/proc/{monitor}/fd").Length;
        container.WaitForEvent(EventTypes.Start, Patience.Rounds(1000, 50));
        Assert.InRange(Directory.GetFiles($"/proc/{monitor}/fd").Length, before - 8, before + 8);
        container.Ask(client => client.Stop(TimeSpan.Zero, Patience.Token));
    }

    [Fact]
    public void A_monitor_that_is_killed_at_any_moment_leaves_one_container_or_none()
    {
        using var noise = Noise.Make();
        var random = new Random(42);
        var rounds = Patience.Rounds(200, 12);
        var adopted = 0;
        for (var round = 0; round < rounds; round++)
        {
            var container = Create(["seq", "sleep", "0.02", ";", "exit", "1"], d => d with { RestartPolicy = RestartPolicy.Always, RestartDelay = RestartDelay.Constant(TimeSpan.FromMilliseconds(5)) });
            container.Start();
            var delay = random.Next(0, 60_000);
            var asked = Stopwatch.GetTimestamp();
            SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(asked).TotalMicroseconds > delay);
            container.KillMonitor();

            var state = container.Adopt();
            adopted += container.Events().Any(e => e.Type == EventTypes.Adopt) ? 1 : 0;
            Assert.True(state.Status is ContainerStatus.Running or ContainerStatus.Restarting, $"Round {round}: {state}");
            container.WaitForEvent(EventTypes.Start, container.Events().Count(e => e.Type == EventTypes.Start) + 1);
            AssertOnePid1(container, round);
            var last = container.Ask(client => client.Stop(TimeSpan.Zero, Patience.Token));
            Assert.Equal(ContainerStatus.Exited, last.Status);
            Remove(container);
        }
        output.WriteLine($"{rounds} monitors killed; {adopted} found PID 1 alive and adopted it.");
        Assert.Empty(Root.FindLeaks());
    }

    [Fact]
    public async Task A_monitor_that_is_killed_while_it_starts_the_container_leaves_nothing_or_a_container_that_can_be_stopped()
    {
        using var noise = Noise.Make();
        var random = new Random(7);
        var rounds = Patience.Rounds(200, 12);
        int before = 0, after = 0;
        for (var round = 0; round < rounds; round++)
        {
            var container = Create("pause");
            var start = Task.Run(() =>
            {
                try
                {
                    return container.Start();
                }
                catch (ContainerException e)
                {
                    Assert.Equal(ErrorReason.MonitorLost, e.Reason);
                    return null;
                }
            });
            int monitor;
            while ((monitor = FindMonitor(container)) == 0 && !start.IsCompleted)
            {
            }
            // Counted from its first sight, so that every step of the start has its turn.
            var delay = random.Next(0, Patience.IsLong ? 60_000 : 15_000);
            var asked = Stopwatch.GetTimestamp();
            SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(asked).TotalMicroseconds > delay);
            using (var process = PidFd.TryOpen(monitor > 0 ? monitor : FindMonitor(container)))
                process?.SendSignal(9);
            if (await start is null)
                before++;
            else
                after++;

            // What an operator does next: start it again.
            var state = container.Start();
            Assert.Equal(ContainerStatus.Running, state.Status);
            AssertOnePid1(container, round);
            container.Ask(client => client.Stop(TimeSpan.Zero, Patience.Token));
            Remove(container);
        }
        output.WriteLine($"{rounds} monitors killed during the start: {before} before they said that it runs, {after} after.");
        Assert.Empty(Root.FindLeaks());
    }

    private static int FindMonitor(TestContainer container)
    {
        foreach (var pid in ProcessList.Pids())
        {
            try
            {
                var command = File.ReadAllText($"/proc/{pid}/cmdline");
                if (command.StartsWith("ccrun\0monitor\0", StringComparison.Ordinal) && command.Contains(container.Definition.Id, StringComparison.Ordinal))
                    return pid;
            }
            catch (IOException)
            {
                // It is gone.
            }
        }
        return 0;
    }

    private static void AssertOnePid1(TestContainer container, int round)
    {
        var initial = ProcessList.Pids()
            .Where(pid => ProcessStatus.TryRead(pid) is { NamespacePids: [_, 1], State: not 'Z' } && InCgroup(pid, container))
            .ToArray();
        Assert.True(initial.Length <= 1, $"Round {round}: {initial.Length} processes are PID 1 of the container: {string.Join(", ", initial)}.");
    }

    private static bool InCgroup(int pid, TestContainer container)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/cgroup").Contains(container.Definition.Id, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Report(string what, List<double> times)
    {
        times.Sort();
        output.WriteLine($"{what}, {times.Count} times: p50 {times[times.Count / 2]:0.0} ms, p99 {times[times.Count * 99 / 100]:0.0} ms, max {times[^1]:0.0} ms");
    }

    /// <summary>Both processors busy, in the long form.</summary>
    private sealed class Noise : IDisposable
    {
        private readonly Process? _process;

        private Noise(Process? process) => _process = process;

        public static Noise Make() => new(Patience.IsLong ? Process.Start(new ProcessStartInfo(TestRoot.TargetPath, ["cpu", "2"])) : null);

        public void Dispose()
        {
            _process?.Kill();
            _process?.WaitForExit();
            _process?.Dispose();
        }
    }
}
