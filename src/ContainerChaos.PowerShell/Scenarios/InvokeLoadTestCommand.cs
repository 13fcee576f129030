using System.Collections;
using System.Diagnostics;
using System.Management.Automation;
using System.Net;
using System.Net.Sockets;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.PowerShell;

/// <summary>Sends HTTP requests when they are due, however the service fares, and returns what became of them.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "LoadTest", SupportsShouldProcess = true)]
[OutputType(typeof(LoadResult))]
public sealed class InvokeLoadTestCommand : ContainerChaosCmdlet
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1), Shown = TimeSpan.FromMilliseconds(250);

    /// <summary>Where the requests go: http, with a host name or an address, a port, and the path of the request.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true)]
    [ValidateNotNull]
    public Uri Uri { get; set; } = null!;

    /// <summary>The Unix socket that the service listens at; the URI then says the host's name and the path only, as with Invoke-WebRequest.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? UnixSocket { get; set; }

    /// <summary>Requests a second, 0.1 to 200,000, evenly spaced unless -Load says otherwise.</summary>
    [Parameter]
    [ValidateRange(0.1, 200_000)]
    public double Rate { get; set; } = 250;

    /// <summary>How long requests are sent: <c>500ms</c>, <c>10s</c>, <c>2m</c>, a time span or seconds; at most an hour.</summary>
    [Parameter]
    [DurationArgument]
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The keys of the section <c>load</c> of a scenario file: other arrivals, timeout, connections, a client strategy, bodies, thresholds.</summary>
    [Parameter]
    [ValidateNotNull]
    public IDictionary Load { get; set; } = new Hashtable();

    /// <summary>Runs the load.</summary>
    protected override void ProcessRecord()
    {
        try
        {
            if (Duration <= TimeSpan.Zero || Duration > Longest)
                throw new ArgumentException($"The duration {Duration} is not above 0 and at most 1 h.");
            if (!Uri.IsAbsoluteUri || Uri.Scheme != Uri.UriSchemeHttp)
                throw new ArgumentException($"The load goes to http://HOST[:PORT]/PATH, and not to '{Uri}'.");
            var basis = new ScenarioLoad(Uri.PathAndQuery, new ConstantArrivals(Rate), TimeSpan.FromMilliseconds(250));
            var load = ScenarioTable.ReadLoad(Load, value => value is PSObject wrapped ? wrapped.BaseObject : value, basis);
            if (ShouldProcess(Uri.ToString(), $"Send {load.Arrivals.Describe()} for {HumanText.Duration(Duration)}"))
                Attempt(Uri.ToString(), () => Run(load.To(EndPoint()) with { Host = Uri.Authority }));
        }
        catch (SocketException e)
        {
            WriteError(new ErrorRecord(e, "HostNotFound", ErrorCategory.ObjectNotFound, Uri)
            {
                ErrorDetails = new ErrorDetails($"The host '{Uri.Host}' has no address: {e.Message}") { RecommendedAction = "Use an address, or a name that /etc/hosts or the resolver knows." },
            });
        }
        catch (Exception e) when (e is ArgumentException or ScenarioFileException)
        {
            WriteError(new ErrorRecord(e, nameof(ErrorReason.InvalidArgument), ErrorCategory.InvalidArgument, Uri));
        }
    }

    private EndPoint EndPoint()
    {
        if (UnixSocket is not null)
            return new UnixDomainSocketEndPoint(ResolvePath(UnixSocket));
        var addresses = Dns.GetHostAddresses(Uri.IdnHost);
        // A service that listens at one address only more often does so at that of version 4.
        return new IPEndPoint(Array.Find(addresses, address => address.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0], Uri.Port);
    }

    private void Run(LoadOptions options)
    {
        using var watch = new Watcher();
        using var load = OpenLoopLoad.Start(options, watch);
        var began = Stopwatch.GetTimestamp();
        for (var left = Duration; left > TimeSpan.Zero; left = Duration - Stopwatch.GetElapsedTime(began))
        {
            if (WaitHandle.WaitAny([watch.Aborted, Cancellation.WaitHandle], left < Shown ? left : Shown) != WaitHandle.WaitTimeout)
                break;
            WriteProgress(new ProgressRecord(0, $"{options.Arrivals.Describe()} to {Uri}", $"{watch.Succeeded} answered, {watch.Failed} failed")
            {
                PercentComplete = (int)Math.Clamp(100 * (1 - (left / Duration)), 0, 100),
            });
        }
        var result = load.Stop();
        WriteProgress(new ProgressRecord(0, Uri.ToString(), "done") { RecordType = ProgressRecordType.Completed });
        Cancellation.ThrowIfCancellationRequested();
        foreach (var missed in result.Thresholds.Where(threshold => !threshold.IsKept))
            WriteWarning($"Not kept: {missed}{(missed == result.AbortedBy ? $". It ended the load after {HumanText.Duration(result.Duration)}." : "")}");
        WriteObject(result);
    }

    private sealed class Watcher : ILoadObserver, IDisposable
    {
        private readonly ManualResetEvent aborted = new(false);
        private long succeeded, failed;

        public WaitHandle Aborted => aborted;

        public long Succeeded => Interlocked.Read(ref succeeded);

        public long Failed => Interlocked.Read(ref failed);

        public void OnSample(in LoadSample sample) => Interlocked.Increment(ref sample.Succeeded ? ref succeeded : ref failed);

        public void OnAbort(ThresholdVerdict verdict) => aborted.Set();

        public void Dispose() => aborted.Dispose();
    }
}
