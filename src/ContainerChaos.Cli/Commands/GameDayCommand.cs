using System.CommandLine;
using ContainerChaos.Scenarios;

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
        var binder = new RunOptionsBinder();
        var command = new Command("gameday", "Runs every scenario and writes one report.") { scenarios, tags, output };
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
                cancellationToken);
        }));
        return command;
    }

    private static IReadOnlyList<Scenario> Choose(DirectoryInfo? folder, string[] tags) =>
        [.. folder is null
            ? ScenarioCatalog.WithTag(ScenarioCatalog.BuiltIn(), tags.Length == 0 ? [ScenarioCatalog.GameDayTag] : tags)
            : ScenarioCatalog.WithTag(ScenarioCatalog.Load(folder.FullName), tags)];
}
