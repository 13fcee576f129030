using System.Collections;
using System.Management.Automation;
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
            var path = Uri.IsAbsoluteUri ? Uri.PathAndQuery : "/";
            var load = ScenarioTable.ReadLoad(
                Load, value => value is PSObject wrapped ? wrapped.BaseObject : value, new ScenarioLoad(path, new ConstantArrivals(Rate), TimeSpan.FromMilliseconds(250)));
            var options = LoadTest.OptionsOf(load, Uri, UnixSocket is null ? null : ResolvePath(UnixSocket));
            if (ShouldProcess(Uri.ToString(), $"Send {load.Arrivals.Describe()} for {HumanText.Duration(Duration)}"))
                Run(options);
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
        catch (OperationCanceledException) when (Stopping)
        {
            throw new PipelineStoppedException();
        }
        catch (Exception e) when (ErrorRecords.IsReportable(e))
        {
            WriteError(ErrorRecords.From(e, Uri));
        }
    }

    private void Run(LoadOptions options)
    {
        var activity = $"{options.Arrivals.Describe()} to {Uri}";
        var result = LoadTest.Run(
            options,
            Duration,
            (left, succeeded, failed) => WriteProgress(new ProgressRecord(0, activity, $"{succeeded} answered, {failed} failed") { PercentComplete = (int)(100 * (1 - (left / Duration))) }),
            Cancellation);
        WriteProgress(new ProgressRecord(0, activity, "done") { RecordType = ProgressRecordType.Completed });
        foreach (var missed in result.Thresholds.Where(threshold => !threshold.IsKept))
            WriteWarning($"Not kept: {missed}{(missed == result.AbortedBy ? $". It ended the load after {HumanText.Duration(result.Duration)}." : "")}");
        WriteObject(result);
    }
}
