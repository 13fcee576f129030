using System.Collections;
using System.Management.Automation;
using ContainerChaos.Scenarios;

namespace ContainerChaos.PowerShell;

/// <summary>Runs scenarios: breaks fresh containers on purpose, measures how each restart policy recovers, and returns the table.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ChaosScenario", SupportsShouldProcess = true, DefaultParameterSetName = ByName)]
[OutputType(typeof(ScenarioRow))]
public sealed class InvokeChaosScenarioCommand : ScenarioRunCmdlet
{
    private const string ByName = "Name", ByScript = "ScriptBlock";

    /// <summary>Built-in scenarios by name (wildcards are welcome), or paths of scenario files and of experiments of the Chaos Toolkit. Without it and without tags, those of a game day.</summary>
    [Parameter(Position = 0, ParameterSetName = ByName, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Path", "FullName")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScenarioNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>A block that returns a scenario as a hashtable, with the keys of a file; actions and probes may be script blocks, which run in this session.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = ByScript)]
    public ScriptBlock? ScriptBlock { get; set; }

    /// <summary>Only scenarios with one of these tags; of all built-in ones when no name is given.</summary>
    [Parameter(ParameterSetName = ByName)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScenarioTagCompleter))]
    public string[] Tag { get; set; } = [];

    /// <summary>Runs one trial, and stops it after the acts of this step (its label, or its number from 1): the container and its faults stay as they are, to be looked at.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? StopAfter { get; set; }

    private readonly List<Scenario> scenarios = [];

    private protected override RunOptions RunOptions => base.RunOptions with { StopAfter = StopAfter };

    /// <summary>Reads the scenarios that the current pipeline object names.</summary>
    protected override void ProcessRecord()
    {
        if (ScriptBlock is not null)
        {
            AddTables(ScriptBlock);
            return;
        }
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
                        RecommendedAction = $"Use one of {string.Join(", ", ScenarioCatalog.Names())}, or the path of a file.",
                    },
                });
            }
        }
    }

    private void AddTables(ScriptBlock block)
    {
        foreach (var table in block.Invoke().Select(one => one?.BaseObject))
        {
            try
            {
                scenarios.Add(ScenarioTable.Read(table as IDictionary ?? throw new ScenarioFileException("script-block", 0, 0, $"a scenario is a hashtable, and not '{table}'."), Unwrap));
            }
            catch (ScenarioFileException e)
            {
                WriteError(new ErrorRecord(e, "InvalidScenario", ErrorCategory.InvalidData, table));
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
        var plan = Plan(scenarios);
        var total = plan.Scenarios.Count > 1 ? $"{Environment.NewLine}{plan.Trials} trials in all; about {plan.Estimate.TotalSeconds:0} s." : "";
        if (!ShouldProcess(string.Join(Environment.NewLine, plan.Scenarios) + total, "Run these scenarios?", "Invoke-ChaosScenario"))
            return;
        if (!RunInView((progress, _) => new ScenarioRunner(Engine).Run(scenarios, RunOptions with { Progress = progress }, Cancellation), out var report))
            return;
        Warn(report!);
        Record(report!);
        foreach (var held in report!.Trials.Select(trial => trial.Held).OfType<TrialHold>())
            Tell(held.ToString());
        WriteObject(report.Rows, enumerateCollection: true);
    }
}
