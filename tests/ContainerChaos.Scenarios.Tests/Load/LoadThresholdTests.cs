using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios.Tests.Load;

[Collection(nameof(TimingTests))]
public sealed class LoadThresholdTests
{
    [Fact]
    public void A_threshold_is_read_as_it_is_written()
    {
        Tolerance failed = LoadThreshold.Parse("failed < 12.5% over 2s or abort");
        Assert.Equal(("failed", ToleranceUnit.Share, 0.125, TimeSpan.FromSeconds(2), true), (failed.Subject, failed.Unit, failed.Limit, failed.Over, failed.Aborts));
        Tolerance latency = LoadThreshold.Parse("p99.9 < 250ms");
        Assert.Equal(("latency", ToleranceUnit.Time, 250, null, false), (latency.Subject, latency.Unit, latency.Limit, latency.Over, latency.Aborts));
        Assert.Equal(0.999, latency.Quantile!.Value, 9);
        Assert.Equal(latency with { Text = "latency p99.9 < 250ms" }, LoadThreshold.Parse("latency  p99.9 < 250ms"));
        Tolerance lateness = LoadThreshold.Parse("lateness max < 1s over 500ms");
        Assert.Equal(("lateness", 1.0, TimeSpan.FromMilliseconds(500)), (lateness.Subject, lateness.Quantile, lateness.Over));
    }

    [Theory]
    [InlineData("")]
    [InlineData("failed < 5")]
    [InlineData("failed > 5%")]
    [InlineData("p99 < 5%")]
    [InlineData("p100 < 5ms")]
    [InlineData("lateness failed < 5%")]
    [InlineData("p50 < 5ms over 1ms")]
    [InlineData("p50 < 5ms or else")]
    [InlineData("p50 < 5ms or abort now")]
    public void What_is_none_is_refused_with_what_to_write(string text) =>
        Assert.Contains("write 'failed < 5%'", Assert.Throws<FormatException>(() => LoadThreshold.Parse(text)).Message);

    [Fact]
    public void A_load_ends_by_itself_when_a_threshold_that_aborts_is_not_kept()
    {
        using var server = new TestServer { Fails = _ => true };
        using var ended = new Ended();
        using OpenLoopLoad load = OpenLoopLoad.Start(
            new LoadOptions { EndPoint = server.EndPoint, Rate = 200, Thresholds = [LoadThreshold.Parse("failed < 50% over 200ms or abort")], Timeout = TimeSpan.FromSeconds(5) }, ended);
        ThresholdVerdict verdict = ended.Wait();
        LoadResult result = load.Stop();
        Assert.Equal(verdict, result.AbortedBy);
        Assert.Equal((1.0, false), (verdict.Worst, verdict.IsKept));
        Assert.Equal("failed < 50% over 200ms or abort: 100 %", verdict.ToString());
        Assert.Equal(verdict, Assert.Single(result.Thresholds));
        Assert.All(result.Samples, s => Assert.True(s.Intended <= result.End));
        Assert.Equal(result.Schedule.CountBetween(0, result.End + 1), result.Samples.Count);
    }

    [Fact]
    public void What_is_kept_and_what_is_not_is_said_and_ends_nothing()
    {
        using var server = new TestServer { Delay = _ => TimeSpan.FromMilliseconds(20) };
        var gate = new SampleGate(80);
        using OpenLoopLoad load = OpenLoopLoad.Start(
            new LoadOptions
            {
                EndPoint = server.EndPoint,
                Rate = 200,
                Thresholds = [LoadThreshold.Parse("failed < 5%"), LoadThreshold.Parse("p50 < 10ms over 100ms"), LoadThreshold.Parse("p99 < 20s or abort"), LoadThreshold.Parse("lateness max < 20s")],
                Timeout = TimeSpan.FromSeconds(20),
            },
            gate);
        gate.Wait();
        LoadResult result = load.Stop();
        Assert.Null(result.AbortedBy);
        Assert.Equal([true, false, true, true], result.Thresholds.Select(t => t.IsKept));
        Assert.True(result.Thresholds[1].Worst >= 20, $"{result.Thresholds[1]}");
    }

    [Fact]
    public void Payloads_of_a_seed_are_the_same_again_and_are_posted_in_turn()
    {
        var payload = new RequestPayload("""{"name":"{{name.firstName}}","order":{"n":{{randomizer.number}}}}""", Seed: 5, Distinct: 40);
        string[] bodies = Bodies(payload);
        Assert.Equal(40, bodies.Length);
        Assert.True(bodies.Distinct().Count() > 20);
        Assert.All(bodies, b => Assert.StartsWith("{\"name\":\"", b));
        Assert.Equal(bodies, Bodies(payload));
        Assert.NotEqual(bodies, Bodies(payload with { Seed = 6 }));
        Assert.Throws<ArgumentException>(() => Bodies(payload with { Template = "{{no.such}}" }));

        using var server = new TestServer(isTcp: true);
        var options = new LoadOptions { EndPoint = server.EndPoint, Path = "/orders", Payload = payload, Arrivals = new ClosedLoop(2), Timeout = TimeSpan.FromSeconds(5) };
        string request = System.Text.Encoding.UTF8.GetString(RequestBytes.Of(options)[7]);
        Assert.StartsWith("POST /orders HTTP/1.1\r\n", request);
        Assert.EndsWith($"Content-Type: application/json\r\nContent-Length: {System.Text.Encoding.UTF8.GetByteCount(bodies[7])}\r\n\r\n{bodies[7]}", request);
        var gate = new SampleGate(100);
        using OpenLoopLoad load = OpenLoopLoad.Start(options, gate);
        gate.Wait();
        Assert.Equal(0, load.Stop().Failed);

        static string[] Bodies(RequestPayload payload) => [.. PayloadBodies.Of(payload).Select(System.Text.Encoding.UTF8.GetString)];
    }

    private sealed class Ended : ILoadObserver, IDisposable
    {
        private readonly ManualResetEventSlim _ended = new();
        private ThresholdVerdict? _verdict;

        public void OnSample(in LoadSample sample)
        {
        }

        public void OnAbort(ThresholdVerdict verdict)
        {
            _verdict = verdict;
            _ended.Set();
        }

        public void Dispose() => _ended.Dispose();

        internal ThresholdVerdict Wait()
        {
            Assert.True(_ended.Wait(TimeSpan.FromSeconds(20)), "the load goes on");
            return _verdict!;
        }
    }
}
