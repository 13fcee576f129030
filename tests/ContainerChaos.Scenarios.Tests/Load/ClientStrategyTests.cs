using System.Collections.Concurrent;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios.Tests.Load;

[Collection(nameof(TimingTests))]
public sealed class ClientStrategyTests
{
    [Fact]
    public void Retries_carry_users_over_an_outage_that_others_see()
    {
        using var server = new TestServer();
        LoadResult none = Through(null);
        LoadResult retry = Through(new RetryStrategy(20, TimeSpan.FromMilliseconds(20), IsExponential: false));
        Assert.Equal((20, none.Samples.Count), (none.Failed, none.Attempts));
        Assert.Equal((0, retry.Samples.Count + 20), (retry.Failed, retry.Attempts));
        // It is not for nothing: the users waited.
        Assert.Contains(retry.Samples, s => s.Latency > 20_000_000);
        Assert.All(retry.Samples, s => Assert.True(s.Intended <= s.Sent && s.Sent <= s.Completed));

        LoadResult Through(ClientStrategy? strategy)
        {
            int asked = 0;
            server.Fails = _ => Interlocked.Increment(ref asked) is > 30 and <= 50;
            var gate = new SampleGate(150);
            using OpenLoopLoad load = OpenLoopLoad.Start(
                new LoadOptions { EndPoint = server.EndPoint, Rate = 500, Strategy = strategy, Timeout = TimeSpan.FromSeconds(10) }, gate);
            gate.Wait();
            return load.Stop();
        }
    }

    [Fact]
    public void A_circuit_breaker_spares_a_failing_target_and_closes_when_it_is_back()
    {
        using var server = new TestServer { Fails = _ => true };
        var gate = new SampleGate(200);
        using OpenLoopLoad load = OpenLoopLoad.Start(
            new LoadOptions
            {
                EndPoint = server.EndPoint,
                Rate = 500,
                Strategy = new CircuitBreakerStrategy(0.5, 10, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(500)),
                Timeout = TimeSpan.FromSeconds(10),
            },
            gate);
        gate.Wait();
        server.Fails = null;
        gate.Again(20, s => s.Succeeded);
        gate.Wait();
        LoadResult result = load.Stop();
        int open = result.Samples.Count(s => s.Outcome == RequestOutcome.CircuitOpen);
        Assert.True(open > 50, $"{open} of {result.Samples.Count} were spared");
        Assert.Equal(result.Samples.Count - open, result.Attempts);
        Assert.Equal(result.Schedule.CountBetween(0, result.End + 1), result.Samples.Count);
    }

    [Fact]
    public void A_hedge_is_answered_where_the_first_attempt_never_is()
    {
        int lost = 0;
        using var server = new TestServer
        {
            Delay = number => number % 10 == 0 && Interlocked.Increment(ref lost) > 0 ? TimeSpan.FromMinutes(1) : TimeSpan.Zero,
        };
        var gate = new SampleGate(60);
        using OpenLoopLoad load = OpenLoopLoad.Start(
            new LoadOptions
            {
                EndPoint = server.EndPoint,
                Rate = 100,
                Strategy = new HedgingStrategy(2, TimeSpan.FromMilliseconds(100)),
                Timeout = TimeSpan.FromSeconds(20),
            },
            gate);
        gate.Wait();
        LoadResult result = load.Stop();
        Assert.True(lost >= 5, $"{lost} were not answered");
        Assert.True(result.Attempts >= result.Samples.Count + 5, $"{result.Attempts} attempts of {result.Samples.Count} requests");
        Assert.Equal(0, result.Samples.Count(s => s.Completed < result.End && !s.Succeeded));
    }

    [Fact]
    public void Of_a_request_that_is_over_nothing_goes_on_and_all_of_it_is_on_the_load_s_own_thread()
    {
        using var server = new TestServer();
        server.Freeze();
        var threads = new Threads(30);
        using OpenLoopLoad load = OpenLoopLoad.Start(
            new LoadOptions
            {
                EndPoint = server.EndPoint,
                Rate = 100,
                Strategy = new RetryStrategy(100, TimeSpan.Zero, IsExponential: false) { AttemptTimeout = TimeSpan.FromMilliseconds(40) },
                Timeout = TimeSpan.FromMilliseconds(200),
            },
            threads);
        threads.Wait();
        LoadResult result = load.Stop();
        Assert.All(result.Samples, s => Assert.Equal(RequestOutcome.TimedOut, s.Outcome));
        // As long as arrivals show how late it is itself.
        Assert.All(result.Samples.Where(s => s.Completed < result.End), s => Assert.InRange(s.Latency, 200_000_000, 240_000_000 + result.Lateness.Maximum));
        Assert.True(result.Attempts > 2 * result.Samples.Count, $"{result.Attempts} attempts of {result.Samples.Count} requests");
        Assert.Equal(result.Schedule.CountBetween(0, result.End + 1), result.Samples.Count);
        Assert.Single(threads.Seen.Distinct());
    }

    private sealed class Threads(int count) : ILoadObserver
    {
        private readonly SampleGate _gate = new(count);

        internal ConcurrentQueue<int> Seen { get; } = new();

        public void OnSample(in LoadSample sample)
        {
            Seen.Enqueue(Environment.CurrentManagedThreadId);
            _gate.OnSample(sample);
        }

        internal void Wait() => _gate.Wait();
    }
}
