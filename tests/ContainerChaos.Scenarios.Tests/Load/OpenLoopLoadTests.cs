using System.Net;
using System.Net.Sockets;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios.Tests.Load;

[Collection(nameof(TimingTests))]
public sealed class OpenLoopLoadTests
{
    [Fact]
    public void Every_arrival_has_exactly_one_sample_at_the_constant_rate()
    {
        using var server = new TestServer();
        var gate = new SampleGate(200);
        using OpenLoopLoad load = OpenLoopLoad.Start(new LoadOptions { EndPoint = server.EndPoint, Rate = 500, Timeout = TimeSpan.FromSeconds(5) }, gate);
        gate.Wait();
        LoadResult result = load.Stop();
        Assert.All(result.Samples, s => Assert.Equal(RequestOutcome.Success, s.Outcome));
        long[] intended = [.. result.Samples.Select(s => s.Intended).Order()];
        for (int i = 0; i < intended.Length; i++)
            Assert.Equal(load.Schedule.TimeOf(i), intended[i]);
        Assert.Equal(result.Schedule.CountBetween(result.Schedule.Start, result.End + 1), intended.Length);
        Assert.All(result.Samples, s => Assert.True(s.Intended <= s.Sent && s.Sent <= s.Completed));
        Assert.True(result.Lateness.ValueAt(0.5) < 5_000_000, $"median lateness {result.Lateness.ValueAt(0.5)} ns");
    }

    [Fact]
    public void A_frozen_target_delays_no_arrival_and_its_stall_shows_in_the_corrected_series_only()
    {
        using var server = new TestServer();
        var warm = new SampleGate(50);
        using OpenLoopLoad load = OpenLoopLoad.Start(
            new LoadOptions { EndPoint = server.EndPoint, Rate = 1000, MaxConnections = 1, Timeout = TimeSpan.FromSeconds(5) }, warm);
        warm.Wait();
        server.Freeze();
        long frozen = MonotonicClock.Now;
        // 300 arrivals later, by the schedule and not by a completion: none completes.
        WaitUntil(frozen + 300_000_000);
        server.Thaw();
        LoadResult result = load.Stop();
        Assert.Equal(0, result.Failed);
        Assert.True(result.PeakPending >= 290, $"{result.PeakPending} waited");
        // With one connection all but one of the stalled requests were sent after the thaw: a closed loop would not have seen them.
        Assert.True(result.Corrected.ValueAt(0.9) > 100_000_000, $"corrected p90 {result.Corrected.ValueAt(0.9)}");
        Assert.True(result.Uncorrected.ValueAt(0.9) < 50_000_000, $"uncorrected p90 {result.Uncorrected.ValueAt(0.9)}");
    }

    [Fact]
    public void Requests_to_a_frozen_target_time_out_on_time_and_the_overflow_is_dropped_and_counted()
    {
        using var server = new TestServer();
        server.Freeze();
        var gate = new SampleGate(300);
        using OpenLoopLoad load = OpenLoopLoad.Start(
            new LoadOptions { EndPoint = server.EndPoint, Rate = 1000, MaxConnections = 4, MaxPending = 20, Timeout = TimeSpan.FromMilliseconds(100) }, gate);
        gate.Wait();
        LoadResult result = load.Stop();
        Assert.Equal(0, result.Succeeded);
        Assert.Equal(20, result.PeakPending);
        Assert.True(result.Dropped > 0);
        Assert.Equal(result.Dropped, result.Samples.Count(s => s.Outcome == RequestOutcome.Dropped));
        Assert.All(result.Samples.Where(s => s.Outcome == RequestOutcome.TimedOut && s.Completed < result.End), s => Assert.InRange(s.Latency, 100_000_000, 140_000_000 + result.Lateness.Maximum));
    }

    [Fact]
    public void What_the_generator_itself_comes_late_for_is_no_failure_of_the_target()
    {
        using var server = new TestServer();
        // Its own thread is held up for longer than a request may take, and for more requests than may wait.
        using var stall = new StallOnce(after: 20, TimeSpan.FromSeconds(1.2));
        using OpenLoopLoad load = OpenLoopLoad.Start(
            new LoadOptions { EndPoint = server.EndPoint, Rate = 200, MaxConnections = 4, MaxPending = 50, Timeout = TimeSpan.FromSeconds(1) }, stall);
        stall.WaitForMore(400);
        LoadResult result = load.Stop();
        Assert.Equal(0, result.Failed);
        Assert.Equal(result.Schedule.CountBetween(result.Schedule.Start, result.End + 1), result.Samples.Count);
        // It is not hidden either: the user would have waited.
        Assert.True(result.Lateness.Maximum >= 1_000_000_000, $"latest by {result.Lateness.Maximum} ns");
        Assert.True(result.Corrected.Maximum >= 1_000_000_000, $"slowest {result.Corrected.Maximum} ns");
    }

    [Fact]
    public void A_load_that_came_late_to_a_target_that_answers_nothing_goes_on()
    {
        using var server = new TestServer();
        // All that may wait is waiting when the generator is back, and all of it times out at once: nothing else is on its way then.
        using var stall = new StallOnce(after: 20, TimeSpan.FromMilliseconds(300), server.Freeze);
        using OpenLoopLoad load = OpenLoopLoad.Start(
            new LoadOptions { EndPoint = server.EndPoint, Rate = 1000, MaxConnections = 4, MaxPending = 50, Timeout = TimeSpan.FromMilliseconds(200) }, stall);
        stall.WaitForMore(600);
        LoadResult result = load.Stop();
        Assert.Equal(result.Schedule.CountBetween(result.Schedule.Start, result.End + 1), result.Samples.Count);
    }

    [Fact]
    public void A_vanished_target_is_refused_at_once_and_found_again_when_it_returns()
    {
        using var server = new TestServer();
        var gate = new SampleGate(40);
        using OpenLoopLoad load = OpenLoopLoad.Start(new LoadOptions { EndPoint = server.EndPoint, Rate = 1000 }, gate);
        gate.Wait();
        long gone = MonotonicClock.Now;
        server.Vanish();
        long vanished = MonotonicClock.Now;
        gate.Again(100, s => s.Outcome == RequestOutcome.Refused);
        gate.Wait();
        server.Open();
        long back = MonotonicClock.Now;
        // How fast this server, on this machine and now, answers somebody else.
        long observed = server.Ask();
        gate.Again(20, s => s.Succeeded);
        gate.Wait();
        LoadResult result = load.Stop();
        long late = result.Lateness.Maximum;
        Assert.All(result.Samples.Where(s => s.Outcome == RequestOutcome.Refused), s => Assert.True(s.Latency < 20_000_000 + late));
        long firstSuccess = result.Samples.Where(s => s.Succeeded && s.Sent > back).Min(s => s.Completed);
        Assert.True(firstSuccess <= observed + 10_000_000 + late, $"{(firstSuccess - back) / 1e6} ms, and somebody else after {(observed - back) / 1e6}");
        long firstFailure = result.Samples.Where(s => !s.Succeeded).Min(s => s.Completed);
        Assert.InRange(firstFailure, gone, vanished + 10_000_000 + late);
    }

    [Theory]
    [InlineData("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", RequestOutcome.ErrorStatus, 503)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", RequestOutcome.Success, 200)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok", RequestOutcome.Success, 200)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n\r\n", RequestOutcome.BadResponse, 0)]
    public void Responses_are_read_as_they_are_framed(string response, RequestOutcome outcome, int status)
    {
        using var server = new TestServer { Response = response };
        var gate = new SampleGate(20);
        using OpenLoopLoad load = OpenLoopLoad.Start(new LoadOptions { EndPoint = server.EndPoint, Rate = 500, Timeout = TimeSpan.FromSeconds(5) }, gate);
        gate.Wait();
        Assert.All(load.Stop().Samples, s => Assert.Equal((outcome, status), (s.Outcome, s.Status)));
    }

    [Fact]
    public void A_refused_tcp_port_is_a_failure_and_not_an_exception()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        var endPoint = (IPEndPoint)probe.LocalEndpoint;
        probe.Stop();
        var gate = new SampleGate(20);
        using OpenLoopLoad load = OpenLoopLoad.Start(new LoadOptions { EndPoint = endPoint, Rate = 500 }, gate);
        gate.Wait();
        Assert.All(load.Stop().Samples, s => Assert.Equal(RequestOutcome.Refused, s.Outcome));
    }

    [Fact]
    public void A_closed_loop_does_not_see_what_it_could_not_send_and_an_open_one_does()
    {
        using var server = new TestServer();
        LoadResult closed = Through(new ClosedLoop(1, TimeSpan.FromMilliseconds(1)));
        LoadResult open = Through(new ConstantArrivals(500));
        // Two thirds of the users met the stall, and the one worker met it once: its 90th percentile knows nothing of it.
        Assert.True(open.Corrected.ValueAt(0.9) > 100_000_000, $"open p90 {open.Corrected.ValueAt(0.9)}");
        Assert.Equal(1, closed.Samples.Count(s => s.Latency > 250_000_000));
        Assert.True(open.Samples.Count(s => s.Latency > 100_000_000) > 50);
        Assert.All(closed.Samples, s => Assert.Equal(s.Intended, closed.Schedule.TimeOf(closed.Schedule.IndexAtOrAfter(s.Intended))));
        Assert.Equal(closed.Samples.Count, closed.Schedule.CountBetween(0, long.MaxValue));

        LoadResult Through(ArrivalPattern arrivals)
        {
            var gate = new SampleGate(50);
            using OpenLoopLoad load = OpenLoopLoad.Start(
                new LoadOptions { EndPoint = server.EndPoint, Arrivals = arrivals, MaxConnections = 1, Timeout = TimeSpan.FromSeconds(5) }, gate);
            gate.Wait();
            server.Freeze();
            WaitUntil(MonotonicClock.Now + 300_000_000);
            server.Thaw();
            return load.Stop();
        }
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_connection_carries_one_request_or_all_of_them_over_either_kind_of_socket(bool isTcp, bool keepAlive)
    {
        using var server = new TestServer(isTcp);
        var gate = new SampleGate(50);
        using OpenLoopLoad load = OpenLoopLoad.Start(
            new LoadOptions { EndPoint = server.EndPoint, Arrivals = new ClosedLoop(2), KeepAlive = keepAlive, Timeout = TimeSpan.FromSeconds(5) }, gate);
        gate.Wait();
        LoadResult result = load.Stop();
        Assert.Equal(0, result.Failed);
        Assert.Equal(keepAlive ? 2 : result.Samples.Count, result.Connections);
    }

    [Fact]
    public void A_recording_is_sent_as_it_was_and_is_over_when_it_is_over()
    {
        using var server = new TestServer();
        int[] milliseconds = [0, 3, 4, 20, 60];
        var gate = new SampleGate(milliseconds.Length);
        using OpenLoopLoad load = OpenLoopLoad.Start(
            new LoadOptions { EndPoint = server.EndPoint, Arrivals = new ReplayArrivals(milliseconds.Select(ms => TimeSpan.FromMilliseconds(ms)), repeat: false), Timeout = TimeSpan.FromSeconds(5) }, gate);
        gate.Wait();
        LoadResult result = load.Stop();
        Assert.Equal(0, result.Failed);
        Assert.Equal(milliseconds, result.Samples.Select(s => (int)((s.Intended - result.Schedule.Start) / 1_000_000)).Order());
        Assert.All(result.Samples, s => Assert.True(s.Sent >= s.Intended));
    }

    [Fact]
    public void A_worker_of_a_closed_loop_rests_before_it_asks_one_again_that_is_gone()
    {
        var gate = new SampleGate(20);
        string nowhere = Path.Combine(Path.GetTempPath(), $"ccload-none-{Environment.ProcessId}.sock");
        using OpenLoopLoad load = OpenLoopLoad.Start(new LoadOptions { EndPoint = new UnixDomainSocketEndPoint(nowhere), Arrivals = new ClosedLoop(1) }, gate);
        gate.Wait();
        LoadSample[] samples = [.. load.Stop().Samples];
        Assert.All(samples, s => Assert.Equal(RequestOutcome.Refused, s.Outcome));
        Assert.All(samples.Zip(samples.Skip(1)), pair => Assert.True(pair.Second.Sent - pair.First.Completed >= 1_000_000));
    }

    [Fact]
    public void Ten_thousand_requests_a_second_stay_on_schedule()
    {
        using var server = new TestServer();
        var gate = new SampleGate(10_000);
        using OpenLoopLoad load = OpenLoopLoad.Start(
            new LoadOptions { EndPoint = server.EndPoint, Rate = 10_000, MaxConnections = 16, Timeout = TimeSpan.FromSeconds(5) }, gate);
        gate.Wait();
        LoadResult result = load.Stop();
        Assert.Equal(0, result.Failed);
        Assert.Equal(result.Schedule.CountBetween(result.Schedule.Start, result.End + 1), result.Samples.Count);
    }

    [Fact]
    public void An_option_out_of_range_is_named()
    {
        var e = Assert.Throws<ArgumentException>(() =>
            OpenLoopLoad.Start(new LoadOptions { EndPoint = new IPEndPoint(IPAddress.Loopback, 1), Path = "no slash" }));
        Assert.Equal("Path", e.ParamName);
    }

    // Waits for a moment of the clock itself: the only thing to wait for while nothing completes.
    private static void WaitUntil(long moment)
    {
        using var never = new ManualResetEventSlim();
        while (moment - MonotonicClock.Now is > 0 and var left)
            never.Wait(TimeSpan.FromMicroseconds((left / 1000) + 1));
    }

    /// <summary>Holds the generator's thread up once.</summary>
    private sealed class StallOnce(int after, TimeSpan time, Action? before = null) : ILoadObserver, IDisposable
    {
        private readonly ManualResetEventSlim _never = new();
        private readonly ManualResetEventSlim _enough = new();
        private int _seen;
        private int _wanted = int.MaxValue;

        public void OnSample(in LoadSample sample)
        {
            int seen = Interlocked.Increment(ref _seen);
            if (seen == after)
            {
                before?.Invoke();
                _never.Wait(time);
            }

            if (seen >= Volatile.Read(ref _wanted))
                _enough.Set();
        }

        public void Dispose()
        {
            _never.Dispose();
            _enough.Dispose();
        }

        internal void WaitForMore(int than)
        {
            Volatile.Write(ref _wanted, than);
            Assert.True(_enough.Wait(TimeSpan.FromSeconds(20)), $"{Volatile.Read(ref _seen)} samples");
        }
    }
}
