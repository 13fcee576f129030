using System.Collections.Concurrent;
using System.Net.Sockets;
using ContainerChaos.Linux;
using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Recovery;
using ContainerChaos.Scenarios.Tests.Load;

namespace ContainerChaos.Scenarios.Tests.Runs;

/// <summary>A trial's stamps beside what an observer of another kind saw of the same crashes.</summary>
[Collection(nameof(TimingTests))]
public sealed class ObserverTests : RunnerTest
{
    private const long Millisecond = 1_000_000;

    private const string Crash = """
        schema: 1
        name: observed
        title: Crashes that somebody else sees as well
        description: PID 1 is killed from outside, five times.
        target:
          command: [serve]
          restart-delay: 40ms
        load: { path: /healthz, rate: 1000, timeout: 2s }
        matrix:
          policies: [always]
          init: [false]
        trials: 1
        steps:
          - { action: crash, repeat: 5 }
        """;

    [Fact]
    public void An_observer_of_the_process_and_the_socket_sees_the_outages_that_are_reported()
    {
        var deaths = new ConcurrentQueue<long>();
        using var stop = new CancellationTokenSource();
        var watcher = new Thread(() => WatchProcesses(deaths, stop.Token)) { IsBackground = true };
        using var poller = new ServicePoller(FindSocket);
        watcher.Start();
        ScenarioReport report;
        try
        {
            report = new ScenarioRunner(Engine).Run([ScenarioFile.Parse(new StringReader(Crash), "observed.yaml")], new RunOptions());
        }
        finally
        {
            stop.Cancel();
            watcher.Join();
        }

        IReadOnlyList<ServicePoller.Attempt> attempts = poller.Stop();

        TrialResult trial = Assert.Single(report.Trials);
        Assert.Null(trial.Error);
        Assert.Equal(5, trial.Steps.Count);
        var differences = new List<long>();
        var ofDeath = new List<long>();
        var blurs = new List<long>();
        foreach (RecoveryStamps stamps in trial.Steps.Select(s => s.Stamps))
        {
            // One that fell between two of the observer's looks, on a machine that let it sleep so long, says nothing.
            if (ServicePoller.Between(attempts, stamps.Injected, stamps.WatchedUntil) is not { } seen)
                continue;
            // Whatever the machine did meanwhile: nobody is answered while it is down, and nobody is refused while it is up.
            Assert.True(stamps.FirstFailure >= seen.LastSuccess.Begin, "a failure was reported while the observer was answered");
            Assert.True(stamps.FirstSuccess >= seen.LastFailure.Begin, "a success was reported before the observer's last failure");
            LoadSample[] own = [.. trial.Load!.Samples.Where(s => s.Completed >= stamps.Injected && s.Completed <= stamps.FirstSuccess)];
            Assert.True(seen.FirstSuccess.End >= own.Where(s => !s.Succeeded).Max(s => s.Intended), "the observer was answered before a failure was reported");
            Assert.InRange(stamps.Died!.Value, stamps.Injected, seen.FirstSuccess.End);
            blurs.Add(Math.Max(0, seen.Blur - (4 * Millisecond)));
            differences.Add(Math.Abs(seen.Length - (stamps.FirstSuccess!.Value - stamps.FirstFailure!.Value)));
            long died = Assert.Single(deaths, d => d >= stamps.Injected && d <= stamps.FirstSuccess);
            ofDeath.Add(Math.Abs(died - stamps.Died.Value));
        }

        Assert.True(differences.Count >= 2, $"the observer saw {differences.Count} outages of {trial.Steps.Count} in {attempts.Count} looks, the longest of {Text([.. attempts.Select(a => a.End - a.Begin).OrderDescending().Take(3)])} ms");
        // Two looks a millisecond apart, at either end, are what the observer has at best.
        long blur = 2 * Median(blurs);
        Assert.True(Median(differences) <= (2 * Millisecond) + blur, $"outages differ by {Text(differences)} ms, and the observer's blur is {Text(blurs)} ms over 4");
        Assert.True(Median(ofDeath) <= (2 * Millisecond) + blur, $"the ends of the process differ by {Text(ofDeath)} ms");
    }

    // Before there is one it is nobody's, so that the observer's first look, which has the most to compile, is not its first at the service.
    private UnixDomainSocketEndPoint FindSocket()
    {
        string folder = Path.Combine(Root.RunRoot, "load");
        string? socket = Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(f => Path.Combine(f, "http.sock")).FirstOrDefault() : null;
        return new UnixDomainSocketEndPoint(socket ?? Path.Combine(Root.RunRoot, "nobody"));
    }

    private void WatchProcesses(ConcurrentQueue<long> deaths, CancellationToken stop)
    {
        int last = 0;
        while (!stop.WaitHandle.WaitOne(1))
        {
            int pid = Engine.List().Select(c => c.Pid).FirstOrDefault() ?? 0;
            if (pid <= 0 || pid == last || PidFd.TryOpen(pid) is not { } process)
                continue;
            last = pid;
            using (process)
            {
                while (!stop.IsCancellationRequested)
                    if (process.WaitForEnd(TimeSpan.FromMilliseconds(200)))
                    {
                        deaths.Enqueue(MonotonicClock.Now);
                        break;
                    }
            }
        }
    }

    private static long Median(List<long> values) => values.Order().ElementAt(values.Count / 2);

    private static string Text(List<long> nanoseconds) => string.Join(", ", nanoseconds.Select(n => FormattableString.Invariant($"{n / 1e6:0.00}")));
}
