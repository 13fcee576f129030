using System.CommandLine;
using ContainerChaos.Scenarios;

namespace ContainerChaos.Cli;

/// <summary><c>containerchaos gameday</c>: every scenario, and a report of them together.</summary>
internal static class GameDayCommand
{
    internal static Command Create()
    {
        var scenarios = new Option<DirectoryInfo?>("--scenarios") { Description = "A folder of YAML files (default: the built-in ones).", HelpName = "DIR" };
        var output = new Option<DirectoryInfo>("--output", "-o")
        {
            Description = "Where report.html, report.json and report.md go.",
            DefaultValueFactory = _ => new DirectoryInfo("gameday"),
            HelpName = "DIR",
        };
        var binder = new RunOptionsBinder();
        var command = new Command("gameday", "Runs every scenario and writes one report.") { scenarios, output };
        binder.AddTo(command);
        command.SetAction((parse, cancellationToken) => Task.Run(() =>
        {
            string folder = parse.GetRequiredValue(output).FullName;
            return ScenarioSession.Run(
                () => parse.GetValue(scenarios) is { } directory ? ScenarioCatalog.Load(directory.FullName) : ScenarioCatalog.BuiltIn(),
                binder.Bind(parse),
                binder.IsWhatIf(parse),
                [Path.Combine(folder, "report.html"), Path.Combine(folder, "report.json"), Path.Combine(folder, "report.md")],
                cancellationToken);
        }));
        return command;
    }
}
