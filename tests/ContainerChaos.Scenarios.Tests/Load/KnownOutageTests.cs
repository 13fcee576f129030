using System.Diagnostics;
using System.Net.Sockets;
using ContainerChaos.Linux;
using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Recovery;
using ContainerChaos.Testing;

namespace ContainerChaos.Scenarios.Tests.Load;

/// <summary>The measurement itself, against targets of which it is known what they do.</summary>
[Collection(nameof(TimingTests))]
public sealed class KnownOutageTests
{
    private const long Millisecond = 1_000_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_outage_of_known_length_is_reported_within_two_milliseconds(bool isClosing)
    {
        using var server = new TestServer { FailsByClosing = isClosing };
        using var observer = new ServicePoller(() => server.EndPoint);
        long origin = MonotonicClock.Now + (100 * Millisecond);
        (long From, long To)[] known = [.. Enumerable.Range(0, 15).Select(i => (From: origin + (i * 90 * Millisecond), Length: (5 + (i * 3)) * Millisecond)).Select(o => (o.From, o.From + o.Length))];
        server.Fails = now => known.Any(o => now >= o.From && now < o.To);
        using OpenLoopLoad load = OpenLoopLoad.Start(new LoadOptions { EndPoint = server.EndPoint, Rate = 2000, MaxConnections = 4, Timeout = TimeSpan.FromSeconds(5) });
        WaitUntil(known[^1].To + (60 * Millisecond));
        LoadResult result = load.Stop();
        IReadOnlyList<ServicePoller.Attempt> attempts = observer.Stop();

        long[] errors = [.. known.Select(o => Math.Abs(Reported(o.From, o.To) - (o.To - o.From))).Order()];
        long[] observed = [.. known.Select(o => Math.Abs((ServicePoller.Between(attempts, o.From, o.To + (40 * Millisecond))?.Length ?? 0) - (o.To - o.From))).Order()];
        // Of a machine that lets nobody look that closely less can be asked: an observer of another kind, with a look a millisecond, says so. What is
        // wrong by itself is wrong in the best of them as well.
        bool isQuiet = observed[observed.Length * 3 / 4] <= 2 * Millisecond;
        Assert.True(errors[errors.Length / (isQuiet ? 2 : 5)] <= 2 * Millisecond, $"errors of {Text(errors)} ms, the observer's of {Text(observed)} ms");

        // The timeline has its failures where they were, in slots of 10 ms; what is written late is in the next.
        LoadTimeline timeline = result.Timeline();
        for (int slot = 0; slot < timeline.Slots.Count; slot++)
        {
            long begin = timeline.Start + (slot * LoadTimeline.SlotNanoseconds);
            if (timeline.Slots[slot].Failed > 0)
                Assert.Contains(known, o => begin + LoadTimeline.SlotNanoseconds > o.From && begin < o.To + (20 * Millisecond) + result.Lateness.Maximum);
        }

        Assert.Equal(result.Failed, timeline.Slots.Sum(s => s.Failed));
        Assert.Equal(result.Succeeded, timeline.Slots.Sum(s => s.Succeeded));

        long Reported(long from, long to)
        {
            RecoveryStamps stamps = RecoveryAnalysis.Compute(new StepObservation
            {
                Injected = from,
                WatchedUntil = to + (40 * Millisecond),
                Schedule = result.Schedule,
                Samples = result.Samples,
                EffectIsExit = false,
            });
            return (stamps.FirstSuccess - stamps.FirstFailure) ?? 0;
        }
    }

    [Fact]
    public void A_load_stays_on_schedule_while_the_process_that_it_goes_to_is_stopped()
    {
        string folder = Directory.CreateTempSubdirectory("ccload").FullName;
        string path = Path.Combine(folder, "http.sock");
        using Process target = Process.Start(new ProcessStartInfo(TestRoot.TargetPath, ["serve", "--unix", path]) { RedirectStandardOutput = true })!;
        try
        {
            target.StandardOutput.ReadLine();
            using PidFd process = PidFd.Open(target.Id);
            var gate = new SampleGate(100);
            using OpenLoopLoad load = OpenLoopLoad.Start(
                new LoadOptions { EndPoint = new UnixDomainSocketEndPoint(path), Rate = 1000, MaxConnections = 8, Timeout = TimeSpan.FromSeconds(20) }, gate);
            gate.Wait();
            var late = new LogLinearHistogram();
            process.SendSignal(19);
            long stopped = MonotonicClock.Now;
            // The same wait, in a thread that has nothing to do with a load: what this machine lets anybody keep.
            for (long due = stopped; due < stopped + (400 * Millisecond); due += Millisecond)
            {
                WaitUntil(due);
                late.Record(MonotonicClock.Now - due);
            }

            long end = MonotonicClock.Now;
            process.SendSignal(18);
            LoadResult result = load.Stop();
            Assert.Equal(0, result.Failed);
            Assert.Equal(result.Schedule.CountBetween(0, result.End + 1), result.Samples.Count);
            Assert.Equal(result.Samples.Count, result.Lateness.Count);
            // All but those on their way were waiting for the process to go on: they had been turned to in time.
            LoadSample[] during = [.. result.Samples.Where(s => s.Intended >= stopped && s.Intended < end)];
            Assert.True(result.PeakPending >= during.Length - 8 - (late.Maximum / Millisecond), $"{result.PeakPending} of {during.Length} waited");
            Assert.True(during.Length >= 399, $"{during.Length} were due");
            Assert.True(
                result.Lateness.ValueAt(0.75) <= (2 * Millisecond) + (2 * late.ValueAt(0.75)),
                $"lateness {result.Lateness.ValueAt(0.75) / 1e6} ms, of another thread {late.ValueAt(0.75) / 1e6} ms");
        }
        finally
        {
            target.Kill();
            target.WaitForExit();
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void The_generator_s_own_processor_time_is_what_the_kernel_counts_for_its_thread()
    {
        using var server = new TestServer();
        var gate = new SampleGate(2000);
        using OpenLoopLoad load = OpenLoopLoad.Start(new LoadOptions { EndPoint = server.EndPoint, Path = "/cpu-time", Arrivals = new ClosedLoop(4), Timeout = TimeSpan.FromSeconds(20) }, gate);
        gate.Wait();
        string thread = Assert.Single(Directory.GetDirectories("/proc/self/task"), t => File.ReadAllText(Path.Combine(t, "comm")).StartsWith("load /cpu-time", StringComparison.Ordinal));
        double before = Counted();
        WaitUntil(MonotonicClock.Now + (50 * Millisecond));
        double after = Counted();
        double reported = load.Stop().ProcessorTime.TotalMilliseconds;
        Assert.True(before > 0);
        // It went on for a moment after it was looked at, and its first steps are not its work.
        Assert.InRange(reported, after - 5, after + Math.Max(50, after - before));

        // proc_pid_schedstat: "time spent on the cpu (in nanoseconds)" comes first.
        double Counted() => long.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0]) / 1e6;
    }

    private static string Text(long[] nanoseconds) => string.Join(", ", nanoseconds.Select(n => FormattableString.Invariant($"{n / 1e6:0.00}")));

    private static void WaitUntil(long moment)
    {
        using var never = new ManualResetEventSlim();
        while (moment - MonotonicClock.Now is > 0 and var left)
            never.Wait(TimeSpan.FromMicroseconds((left / 1000) + 1));
    }
}
