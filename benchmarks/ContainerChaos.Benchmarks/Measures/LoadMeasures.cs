using System.Diagnostics;
using System.Globalization;
using System.Net;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Benchmarks.Measures;

/// <summary>
/// The load generator against <c>target serve</c> on this machine, with wrk as the yardstick. wrk is a closed loop, so the generator runs as one too, for a
/// comparison of like with like; and as what it is for, an open loop at 20,000 requests a second.
/// </summary>
internal sealed class LoadMeasures(BenchOptions options, CancellationToken cancellationToken) : IDisposable
{
    /// <summary>What the open loop shall send a second.</summary>
    public const int Rate = 20_000;

    private const int Connections = 16, Seconds = 1, MostRounds = 10;

    private const string Path = "/healthz", Open = "open loop", Closed = "closed loop";

    private readonly Process target = Shell.Start(System.IO.Path.Combine(options.Binaries, "target"), "serve", "--port", "0");
    private readonly Measure throughput = new("load", $"requests answered: closed loop of {Connections} connections; open loop of {Rate} a second", "per s");
    private readonly Measure lateness = new("load-lateness", $"open loop of {Rate} a second: how late it was itself, and latency from the intended time", "ms");
    private readonly Measure processor = new("load-cpu", "processor time of the generator for a request", "µs");

    public IEnumerable<Measure> Take()
    {
        // "target: listening on http://0.0.0.0:PORT"
        var line = target.StandardOutput.ReadLine() ?? throw new InvalidOperationException("target serve has ended");
        var endPoint = new IPEndPoint(IPAddress.Loopback, int.Parse(line[(line.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture));
        var contenders = new List<Contender>
        {
            new(Closed, () => ClosedLoop(endPoint)),
            new(Open, () => OpenLoop(endPoint)),
        };
        if (Shell.Find("wrk") is { } wrk)
        {
            contenders.Add(new Contender("wrk", () => Wrk(wrk, endPoint)));
        }
        else
        {
            throughput.Absent["wrk"] = "not installed";
        }

        // One of each before any is counted: the figures beside the throughput are kept from the first one on.
        ClosedLoop(endPoint);
        OpenLoop(endPoint);
        lateness.Series.Clear();
        processor.Series.Clear();
        Interleaving.Run(throughput, contenders, Math.Min(options.Rounds, MostRounds), cancellationToken);
        return [throughput, lateness, processor];
    }

    public void Dispose()
    {
        target.Kill();
        target.WaitForExit();
        target.Dispose();
    }

    private static double Wrk(string wrk, IPEndPoint endPoint)
    {
        var output = Shell.Run(wrk, "-t1", $"-c{Connections}", $"-d{Seconds}s", $"http://{endPoint}{Path}");
        var line = output.Split('\n').First(line => line.StartsWith("Requests/sec:", StringComparison.Ordinal));
        return double.Parse(line.Split(':')[1], CultureInfo.InvariantCulture);
    }

    private double ClosedLoop(IPEndPoint endPoint)
    {
        var result = Run(endPoint, new ClosedLoop(Connections));
        processor.For(Closed).Add(result.ProcessorTime.TotalMicroseconds / result.Samples.Count);
        return PerSecond(result);
    }

    private double OpenLoop(IPEndPoint endPoint)
    {
        var result = Run(endPoint, new ConstantArrivals(Rate));
        lateness.For("lateness p50").Add(result.Lateness.ValueAt(0.5) / 1e6);
        lateness.For("lateness p99").Add(result.Lateness.ValueAt(0.99) / 1e6);
        lateness.For("latency p50").Add(result.Corrected.ValueAt(0.5) / 1e6);
        lateness.For("latency p99").Add(result.Corrected.ValueAt(0.99) / 1e6);
        lateness.For("uncorrected p99").Add(result.Uncorrected.ValueAt(0.99) / 1e6);
        processor.For(Open).Add(result.ProcessorTime.TotalMicroseconds / result.Samples.Count);
        return PerSecond(result);
    }

    private LoadResult Run(IPEndPoint endPoint, ArrivalPattern arrivals)
    {
        using var load = OpenLoopLoad.Start(new LoadOptions
        {
            EndPoint = endPoint,
            Path = Path,
            Arrivals = arrivals,
            MaxConnections = Connections,
            MaxPending = Rate,
            Timeout = TimeSpan.FromSeconds(5),
        });
        cancellationToken.WaitHandle.WaitOne(TimeSpan.FromSeconds(Seconds));
        return load.Stop();
    }

    private static double PerSecond(LoadResult result)
    {
        var last = result.Samples.Max(sample => sample.Completed);
        return result.Succeeded / ((Math.Max(last, result.End) - result.Schedule.Start) / 1e9);
    }
}
