using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ContainerChaos.Scenarios.Telemetry;
using ContainerChaos.Scenarios.Tests.Reports;

namespace ContainerChaos.Scenarios.Tests.Telemetry;

/// <summary>What arrives at a collector, over OTLP's HTTP form on the loopback interface.</summary>
public sealed class RunTelemetryTests : IDisposable
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT", Protocol = "OTEL_EXPORTER_OTLP_PROTOCOL";

    public RunTelemetryTests()
    {
        Environment.SetEnvironmentVariable(Endpoint, null);
        Environment.SetEnvironmentVariable(Protocol, "http/protobuf");
    }

    public void Dispose()
    {
        Environment.SetEnvironmentVariable(Endpoint, null);
        Environment.SetEnvironmentVariable(Protocol, null);
    }

    [Fact]
    public void A_run_arrives_as_a_trace_and_as_metrics()
    {
        using var collector = new Collector();
        Environment.SetEnvironmentVariable(Endpoint, collector.Address);

        Assert.Null(RunTelemetry.Send(MadeReport.Shared));

        string traces = collector.Received["/v1/traces"], metrics = collector.Received["/v1/metrics"];
        TrialResult trial = MadeReport.Shared.Trials[0];
        foreach (string text in (string[])["service.name", "containerchaos", "run", trial.Scenario, $"trial {trial.Trial}", trial.Container, "first success"])
            Assert.Contains(text, traces, StringComparison.Ordinal);
        foreach (string text in (string[])["containerchaos.recovery.duration", "containerchaos.availability", "containerchaos.requests", trial.Policy])
            Assert.Contains(text, metrics, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_an_endpoint_nothing_is_sent()
    {
        Assert.False(RunTelemetry.IsAsked);
        Assert.Null(RunTelemetry.Send(MadeReport.Shared));
    }

    [Fact]
    public void A_collector_that_is_not_there_is_told_of()
    {
        string address;
        using (var collector = new Collector())
            address = collector.Address;
        Environment.SetEnvironmentVariable(Endpoint, address);

        Assert.Contains("refused", RunTelemetry.Send(MadeReport.Shared), StringComparison.OrdinalIgnoreCase);
    }

    private sealed class Collector : IDisposable
    {
        private readonly HttpListener _listener = new();

        internal Collector()
        {
            // The port of a socket that is closed again: the listener takes no port 0.
            using (var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                Address = $"http://{socket.LocalEndPoint}";
            }

            _listener.Prefixes.Add(Address + "/");
            _listener.Start();
            new Thread(Serve) { IsBackground = true }.Start();
        }

        internal string Address { get; }

        internal ConcurrentDictionary<string, string> Received { get; } = new();

        public void Dispose() => _listener.Close();

        private void Serve()
        {
            try
            {
                while (true)
                {
                    HttpListenerContext context = _listener.GetContext();
                    // Protocol buffers keep texts as they are.
                    using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                    string body = reader.ReadToEnd();
                    Received.AddOrUpdate(context.Request.Url!.AbsolutePath, body, (_, before) => before + body);
                    context.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
            }
        }
    }
}
