using System.Collections.Concurrent;
using System.Management.Automation;
using ContainerChaos.Scenarios;
using ContainerChaos.Scenarios.Reports;
using ContainerChaos.Scenarios.Telemetry;

namespace ContainerChaos.PowerShell;

/// <summary>What the cmdlets have in common that run scenarios: how often, for which policies, with which reports.</summary>
public abstract class ScenarioRunCmdlet : ScenarioFilterCmdlet
{
    /// <summary>Trials of each combination of policy and init; what the scenario says by default.</summary>
    [Parameter]
    [ValidateRange(1, 10000)]
    public int Trials { get; set; }

    /// <summary>The seed of names, of the order of trials and of the confidence intervals.</summary>
    [Parameter]
    public int Seed { get; set; } = 1;

    /// <summary>Also write the report there; the extension says how: .html, .json (trials and samples included), .journal.json (the Chaos Toolkit's, one for each trial), .md, .xml for JUnit's XML, .nunit.xml for NUnit's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ReportPath { get; set; } = [];

    /// <summary>Refuses a report that could not be written before minutes are spent on what it would say.</summary>
    protected override void BeginProcessing()
    {
        foreach (var path in ReportPath)
        {
            try
            {
                ReportWriter.FormatOf(path);
            }
            catch (ArgumentException e)
            {
                ThrowTerminatingError(new ErrorRecord(e, nameof(Runtime.ErrorReason.InvalidArgument), ErrorCategory.InvalidArgument, path));
            }
        }
    }

    // What the run's threads have for the pipeline's.
    private BlockingCollection<object>? calls;

    private protected virtual RunOptions RunOptions => new()
    {
        Trials = Trials == 0 ? null : Trials,
        Seed = Seed,
        Policies = WantedPolicies,
        Init = WantedInit,
    };

    /// <summary>Runs something on a thread of its own and shows its progress and what it tells (lines, and what hosts say); false when it failed, which was reported.</summary>
    private protected bool RunInView<T>(Func<IProgress<ScenarioProgress>, Action<object>, T> run, out T? result)
    {
        using var reports = new BlockingCollection<object>();
        calls = reports;
        var task = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return run(new Listener(reports), report => Put(reports, report));
                }
                finally
                {
                    reports.CompleteAdding();
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            Show(reports);
        }
        catch
        {
            // Ctrl-C, or whatever else the pipeline has to say: what is under way ends, and has tidied up when this does.
            StopProcessing();
            foreach (var late in reports.GetConsumingEnumerable())
                (late as ScriptCall)?.Cancel();
            task.ContinueWith(_ => { }, TaskScheduler.Default).Wait();
            throw;
        }
        T? value = default;
        var succeeded = Attempt(null, () => value = task.GetAwaiter().GetResult());
        result = value;
        return succeeded;
    }

    /// <summary>A value of a scenario's table without what PowerShell has put around it; a script block as a script that runs in the pipeline.</summary>
    private protected object Unwrap(object value)
    {
        var plain = value is PSObject wrapped ? wrapped.BaseObject : value;
        return plain is not ScriptBlock block ? plain
            : new ScenarioScript($"{{{string.Join(' ', block.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))}}}", (container, cancellation) =>
            {
                var call = new ScriptCall(block, container);
                calls!.Add(call, cancellation);
                return call.Wait(cancellation);
            });
    }

    /// <summary>A line for who watches, as Write-Host: on the console, and in the information stream.</summary>
    private protected void Tell(string line) => WriteInformation(new HostInformationMessage { Message = line }, ["PSHOST"]);

    /// <summary>What a run would do; options that leave nothing to try end the command.</summary>
    private protected ScenarioPlan Plan(IEnumerable<Scenario> scenarios)
    {
        try
        {
            return ScenarioRunner.Plan(scenarios, RunOptions);
        }
        catch (ArgumentException e)
        {
            ThrowTerminatingError(new ErrorRecord(e, nameof(Runtime.ErrorReason.InvalidArgument), ErrorCategory.InvalidArgument, null));
            throw;
        }
    }

    /// <summary>Scenarios by a built-in name, a wildcard of such, or the path of a file.</summary>
    private protected IEnumerable<Scenario> Find(string name)
    {
        if (WildcardPattern.ContainsWildcardCharacters(name))
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            return ScenarioCatalog.Names().Where(pattern.IsMatch).Select(ScenarioCatalog.Find);
        }
        var isPath = name.Contains('/') || System.IO.Path.GetExtension(name).ToLowerInvariant() is ".yaml" or ".yml" or ".json";
        return [ScenarioCatalog.Find(isPath ? ResolvePath(name) : name)];
    }

    /// <summary>Warns of what went wrong beside the measurement.</summary>
    private protected void Warn(ScenarioReport report)
    {
        foreach (var failure in report.Trials.Where(t => t.Error is not null).GroupBy(t => t.Error))
            WriteWarning($"{failure.Count()} trial(s) of {failure.First().Scenario} failed themselves and are not counted: {failure.Key}");
        foreach (var fault in report.OpenFaults)
            WriteWarning($"A fault could not be undone: {fault}");
        foreach (var warning in report.Trials.SelectMany(trial => trial.Warnings.Select(text => $"{trial.Scenario}: {text}")).Distinct())
            WriteWarning(warning);
    }

    /// <summary>Writes the reports and the history; of a trial that is left in the middle there is nothing to keep.</summary>
    private protected void Record(ScenarioReport report)
    {
        if (report.Trials.Any(trial => trial.Held is not null))
            return;
        foreach (var path in ReportPath)
            Attempt(path, () => ReportWriter.Write(report, ResolvePath(path)));
        // Other machines' moments are of clocks of their own: each sends what it measured, where it has a collector.
        if (report.Hosts.Count == 0 && RunTelemetry.Send(report) is { } problem)
            WriteWarning($"The run did not reach the OpenTelemetry collector: {problem}");
        try
        {
            var history = ResultHistory.Of(Engine.Options);
            foreach (var part in report.ByHost())
                WriteVerbose($"Recorded as run {history.Add(part)} in {history.Path}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            WriteWarning($"The run is not in the history. {e.Message}");
        }
    }

    // What is reported comes from the run's threads; only the pipeline's may write it.
    private void Show(BlockingCollection<object> reports)
    {
        var shown = "";
        foreach (var report in reports.GetConsumingEnumerable())
        {
            if (report is not ScenarioProgress progress)
            {
                Pass(report);
                continue;
            }
            WriteVerbose($"{progress.Scenario}, {progress.Position}: {progress.Stage}");
            // The last of those that wait is what there is to see.
            if (reports.Count > 0 && shown == progress.Scenario)
                continue;
            if (shown != progress.Scenario && shown.Length > 0)
                WriteProgress(new ProgressRecord(0, shown, "done") { RecordType = ProgressRecordType.Completed });
            shown = progress.Scenario;
            WriteProgress(new ProgressRecord(0, progress.Scenario, $"{progress.Position}  {progress.Sparkline}  {progress.Stage}")
            {
                PercentComplete = progress.Total == 0 ? -1 : 100 * progress.Completed / progress.Total,
            });
        }
        if (shown.Length > 0)
            WriteProgress(new ProgressRecord(0, shown, "done") { RecordType = ProgressRecordType.Completed });
    }

    private static void Put(BlockingCollection<object> reports, object report)
    {
        try
        {
            reports.Add(report);
        }
        catch (InvalidOperationException)
        {
            // A host that is not awaited any more: nobody listens.
        }
    }

    private void Pass(object report)
    {
        switch (report)
        {
            case string line:
                Tell(line);
                break;
            case ScriptCall call:
                call.Run();
                break;
            case HostRecord { Record: ErrorRecord error } said:
                WriteError(said.ToError(error));
                break;
            case HostRecord { Record: WarningRecord warning } said:
                WriteWarning($"{said.Host}: {warning.Message}");
                break;
            case HostRecord { Record: VerboseRecord verbose } said:
                WriteVerbose($"{said.Host}: {verbose.Message}");
                break;
            case HostRecord { Record: ProgressRecord progress } said:
                WriteProgress(said.ToProgress(progress));
                break;
            case HostRecord said:
                Tell($"{said.Host}: {said.Record}");
                break;
        }
    }

    private sealed class Listener(BlockingCollection<object> reports) : IProgress<ScenarioProgress>
    {
        public void Report(ScenarioProgress value)
        {
            if (!reports.IsAddingCompleted)
                reports.Add(value);
        }
    }
}
