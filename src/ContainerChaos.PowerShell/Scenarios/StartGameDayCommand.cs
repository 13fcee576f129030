using System.Management.Automation;
using ContainerChaos.Scenarios;

namespace ContainerChaos.PowerShell;

/// <summary>Runs a game day: scenarios one after the other, told as they go, and one result with what held, what did not, and the largest findings.</summary>
[Cmdlet(VerbsLifecycle.Start, "GameDay", SupportsShouldProcess = true)]
[OutputType(typeof(GameDayResult))]
public sealed class StartGameDayCommand : ScenarioRunCmdlet
{
    /// <summary>Folders of scenario files (run in the order of their names), files, or built-in scenarios by name, in the order of the game day. By default those that are tagged game-day.</summary>
    [Parameter(Position = 0)]
    [Alias("Name")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScenarioNameCompleter))]
    public string[] Path { get; set; } = [];

    /// <summary>Only scenarios with one of these tags.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ScenarioTagCompleter))]
    public string[] Tag { get; set; } = [];

    /// <summary>The quiet between two scenarios: seconds, or text such as 30s; none by default.</summary>
    [Parameter]
    [DurationArgument]
    public TimeSpan CoolDown { get; set; }

    /// <summary>End with the first scenario that does not hold; the rest is named in NotRun.</summary>
    [Parameter]
    public SwitchParameter StopOnFailure { get; set; }

    /// <summary>Runs it, or says what it would do.</summary>
    protected override void EndProcessing()
    {
        if (Choose() is not { Count: > 0 } scenarios)
            return;
        var plan = Plan(scenarios);
        var total = $"{Environment.NewLine}{plan.Trials} trials in all; about {(plan.Estimate + (CoolDown * (scenarios.Count - 1))).TotalSeconds:0} s.";
        if (!ShouldProcess(string.Join(Environment.NewLine, plan.Scenarios) + total, "Run this game day?", "Start-GameDay"))
            return;
        var options = new GameDayOptions { CoolDown = CoolDown, StopOnFailure = StopOnFailure };
        GameDayResult? result;
        if (!RunInView((progress, narrate) => new GameDay(Engine).Run(scenarios, options with { Run = RunOptions with { Progress = progress } }, chapter => narrate(chapter.ToString()), Cancellation), out result))
            return;
        Tell(result!.ToString());
        foreach (var finding in result.Findings)
            Tell($"  {finding}");
        Keep(result.Report);
        WriteObject(result);
    }

    // Null when a name was wrong, which was reported: a game day with a part missing is another one.
    private IReadOnlyList<Scenario>? Choose()
    {
        if (Path.Length == 0)
            return Tagged(ScenarioCatalog.BuiltIn(), Tag.Length == 0 ? [ScenarioCatalog.GameDayTag] : Tag);
        var all = new List<Scenario>();
        foreach (var path in Path)
        {
            try
            {
                all.AddRange(Directory.Exists(ResolvePath(path)) ? ScenarioCatalog.Load(ResolvePath(path)) : Find(path));
            }
            catch (ScenarioFileException e)
            {
                WriteError(new ErrorRecord(e, "InvalidScenario", ErrorCategory.InvalidData, path));
                return null;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                WriteError(new ErrorRecord(e, "ScenarioNotFound", ErrorCategory.ObjectNotFound, path));
                return null;
            }
        }
        return Tagged(all, Tag);
    }

    private IReadOnlyList<Scenario> Tagged(IEnumerable<Scenario> scenarios, string[] tags)
    {
        Scenario[] chosen = [.. ScenarioCatalog.WithTag(scenarios, tags)];
        if (chosen.Length == 0)
        {
            var what = tags.Length == 0 ? string.Join(", ", Path) : $"the tag {string.Join(" or ", tags)}";
            WriteError(new ErrorRecord(new ItemNotFoundException($"There is no scenario for {what}."), "ScenarioNotFound", ErrorCategory.ObjectNotFound, what));
        }
        return chosen;
    }
}
