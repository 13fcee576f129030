using System.Collections.Concurrent;
using System.Management.Automation;
using ContainerChaos.Scenarios;
using ContainerChaos.Scenarios.Reports;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Runs scenarios: breaks fresh containers on purpose, measures how each restart policy recovers, and returns the table.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ChaosScenario", SupportsShouldProcess = true)]
[OutputType(typeof(ScenarioRow))]
public sealed class InvokeChaosScenarioCommand : ContainerChaosCmdlet
{
    /// <summary>Built-in scenarios by name (wildcards are welcome), or paths of scenario files. Without it and without tags, those of a game day.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Path", "FullName")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScenarioNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Only scenarios with one of these tags; of all built-in ones when no name is given.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScenarioTagCompleter))]
    public string[] Tag { get; set; } = [];

    /// <summary>Trials of each combination of policy and init; what the scenario says by default.</summary>
    [Parameter]
    [ValidateRange(1, 10000)]
    public int Trials { get; set; }

    /// <summary>The seed of names, of the order of trials and of the confidence intervals.</summary>
    [Parameter]
    public int Seed { get; set; } = 1;

    /// <summary>Only these restart policies; all of the scenario's by default.</summary>
    [Parameter]
    [RestartPolicyArgument]
    [ArgumentCompleter(typeof(RestartPolicyCompleter))]
    public RestartPolicy[] RestartPolicy { get; set; } = [];

    /// <summary>Only with an init as PID 1, or with <c>-Init:$false</c> only without; what the scenario says by default.</summary>
    [Parameter]
    public SwitchParameter Init { get; set; }

    /// <summary>Also write the report there; the extension says how: .html, .json (trials and samples included), .md, .xml for JUnit's XML, .nunit.xml for NUnit's.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] ReportPath { get; set; } = [];

    private readonly List<Scenario> scenarios = [];

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

    /// <summary>Reads the scenarios that the current pipeline object names.</summary>
    protected override void ProcessRecord()
    {
        if (Name.Length == 0)
        {
            scenarios.AddRange(ScenarioCatalog.WithTag(ScenarioCatalog.BuiltIn(), Tag.Length == 0 ? [ScenarioCatalog.GameDayTag] : Tag));
            return;
        }
        foreach (var name in Name)
        {
            try
            {
                scenarios.AddRange(ScenarioCatalog.WithTag(Find(name), Tag));
            }
            catch (ScenarioFileException e)
            {
                WriteError(new ErrorRecord(e, "InvalidScenario", ErrorCategory.InvalidData, name));
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                WriteError(new ErrorRecord(e, "ScenarioNotFound", ErrorCategory.ObjectNotFound, name)
                {
                    ErrorDetails = new ErrorDetails(e.Message)
                    {
                        RecommendedAction = $"Use one of {string.Join(", ", ScenarioCatalog.Names())}, or the path of a YAML file.",
                    },
                });
            }
        }
    }

    /// <summary>Runs them, or says what a run would do.</summary>
    protected override void EndProcessing()
    {
        if (scenarios.Count == 0)
        {
            if (Tag.Length > 0)
            {
                WriteError(new ErrorRecord(
                    new ItemNotFoundException($"No scenario has the tag {string.Join(" or ", Tag.Select(tag => $"'{tag}'"))}."), "ScenarioNotFound", ErrorCategory.ObjectNotFound, string.Join(", ", Tag)));
            }
            return;
        }
        using var reports = new BlockingCollection<ScenarioProgress>();
        var options = new RunOptions
        {
            Trials = Trials == 0 ? null : Trials,
            Seed = Seed,
            Policies = RestartPolicy.Length == 0 ? null : RestartPolicy,
            Init = MyInvocation.BoundParameters.ContainsKey(nameof(Init)) ? Init.IsPresent : null,
            Progress = new Listener(reports),
        };
        if (!Confirmed(options))
            return;
        var run = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    return new ScenarioRunner(Engine).Run(scenarios, options, Cancellation);
                }
                finally
                {
                    reports.CompleteAdding();
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        ShowProgress(reports);
        ScenarioReport? report = null;
        if (Attempt(null, () => report = run.GetAwaiter().GetResult()))
            Write(report!);
    }

    private bool Confirmed(RunOptions options)
    {
        ScenarioPlan plan;
        try
        {
            plan = ScenarioRunner.Plan(scenarios, options);
        }
        catch (ArgumentException e)
        {
            ThrowTerminatingError(new ErrorRecord(e, nameof(Runtime.ErrorReason.InvalidArgument), ErrorCategory.InvalidArgument, null));
            return false;
        }
        var total = plan.Scenarios.Count > 1 ? $"{Environment.NewLine}{plan.Trials} trials in all; about {plan.Estimate.TotalSeconds:0} s." : "";
        return ShouldProcess(string.Join(Environment.NewLine, plan.Scenarios) + total, "Run these scenarios?", "Invoke-ChaosScenario");
    }

    // Progress comes from the run's threads; only the pipeline's may write it.
    private void ShowProgress(BlockingCollection<ScenarioProgress> reports)
    {
        var shown = "";
        foreach (var first in reports.GetConsumingEnumerable())
        {
            var latest = first;
            while (reports.TryTake(out var newer))
                latest = newer;
            if (shown != latest.Scenario && shown.Length > 0)
                WriteProgress(new ProgressRecord(0, shown, "done") { RecordType = ProgressRecordType.Completed });
            shown = latest.Scenario;
            WriteProgress(new ProgressRecord(0, latest.Scenario, $"{latest.Position}  {latest.Stage}")
            {
                PercentComplete = latest.Total == 0 ? -1 : 100 * latest.Completed / latest.Total,
            });
        }
        if (shown.Length > 0)
            WriteProgress(new ProgressRecord(0, shown, "done") { RecordType = ProgressRecordType.Completed });
    }

    private void Write(ScenarioReport report)
    {
        foreach (var failure in report.Trials.Where(t => t.Error is not null).GroupBy(t => t.Error))
            WriteWarning($"{failure.Count()} trial(s) of {failure.First().Scenario} failed themselves and are not counted: {failure.Key}");
        foreach (var fault in report.OpenFaults)
            WriteWarning($"A fault could not be undone: {fault}");
        foreach (var warning in report.Trials.SelectMany(trial => trial.Warnings.Select(text => $"{trial.Scenario}: {text}")).Distinct())
            WriteWarning(warning);
        foreach (var path in ReportPath)
            Attempt(path, () => ReportWriter.Write(report, ResolvePath(path)));
        try
        {
            var history = ResultHistory.Of(Engine.Options);
            WriteVerbose($"Recorded as run {history.Add(report)} in {history.Path}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            WriteWarning($"The run is not in the history. {e.Message}");
        }
        WriteObject(report.Rows, enumerateCollection: true);
    }

    private IEnumerable<Scenario> Find(string name)
    {
        if (WildcardPattern.ContainsWildcardCharacters(name))
        {
            var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
            return ScenarioCatalog.Names().Where(pattern.IsMatch).Select(ScenarioCatalog.Find);
        }
        var isPath = name.Contains('/') || name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase);
        return [ScenarioCatalog.Find(isPath ? ResolvePath(name) : name)];
    }

    private sealed class Listener(BlockingCollection<ScenarioProgress> reports) : IProgress<ScenarioProgress>
    {
        public void Report(ScenarioProgress value)
        {
            if (!reports.IsAddingCompleted)
                reports.Add(value);
        }
    }
}
