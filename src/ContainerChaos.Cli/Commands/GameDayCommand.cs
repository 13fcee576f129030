using System.CommandLine;
using System.CommandLine.Parsing;
using ContainerChaos.Scenarios;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Cli;

/// <summary><c>containerchaos gameday</c>: every scenario, and a report of them together.</summary>
internal static class GameDayCommand
{
    internal static Command Create()
    {
        var scenarios = new Option<DirectoryInfo?>("--scenarios") { Description = "A folder of YAML files (default: the built-in ones).", HelpName = "DIR" };
        var tags = new Option<string[]>("--tag")
        {
            Description = $"Only scenarios with one of these tags (default: {ScenarioCatalog.GameDayTag} for the built-in ones, all of a folder).",
            HelpName = "TAG",
        };
        var output = new Option<DirectoryInfo>("--output", "-o")
        {
            Description = "Where report.html, report.json and report.md go.",
            DefaultValueFactory = _ => new DirectoryInfo("gameday"),
            HelpName = "DIR",
        };
        var coolDown = new Option<TimeSpan>("--cool-down")
        {
            Description = "The quiet between two scenarios, such as 30s (default: none).",
            HelpName = "TIME",
            CustomParser = result => DurationText.TryParse(result.Tokens[0].Value, out TimeSpan time) ? time : Refuse(result),
        };
        var stopOnFailure = new Option<bool>("--stop-on-failure") { Description = "End with the first scenario that does not hold." };
        var binder = new RunOptionsBinder();
        var command = new Command("gameday", "Runs scenarios one after the other, tells what held and what did not, and writes one report.") { scenarios, tags, output, coolDown, stopOnFailure };
        binder.AddTo(command);
        command.SetAction((parse, cancellationToken) => Task.Run(() =>
        {
            string folder = parse.GetRequiredValue(output).FullName;
            return ScenarioSession.Run(
                () => Choose(parse.GetValue(scenarios), parse.GetValue(tags) ?? []),
                binder.Bind(parse),
                binder.IsWhatIf(parse),
                binder.IsVerbose(parse),
                [Path.Combine(folder, "report.html"), Path.Combine(folder, "report.json"), Path.Combine(folder, "report.md")],
                cancellationToken,
                new GameDayOptions { CoolDown = parse.GetValue(coolDown), StopOnFailure = parse.GetValue(stopOnFailure) });
        }));
        return command;
    }

    private static TimeSpan Refuse(ArgumentResult result)
    {
        result.AddError($"'{result.Tokens[0].Value}' is no duration: 500ms, 30s, 2m.");
        return default;
    }

    private static IReadOnlyList<Scenario> Choose(DirectoryInfo? folder, string[] tags) =>
        [.. folder is null
            ? ScenarioCatalog.WithTag(ScenarioCatalog.BuiltIn(), tags.Length == 0 ? [ScenarioCatalog.GameDayTag] : tags)
            : ScenarioCatalog.WithTag(ScenarioCatalog.Load(folder.FullName), tags)];
}
