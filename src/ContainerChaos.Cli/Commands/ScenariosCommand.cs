using System.CommandLine;
using ContainerChaos.Scenarios;
using Spectre.Console;

namespace ContainerChaos.Cli;

/// <summary><c>containerchaos scenarios</c>: what there is to run.</summary>
internal static class ScenariosCommand
{
    internal static Command Create()
    {
        var command = new Command("scenarios", "Lists the built-in scenarios and what they teach.");
        command.SetAction(_ =>
        {
            foreach (Scenario scenario in ScenarioCatalog.BuiltIn())
            {
                AnsiConsole.MarkupLineInterpolated($"[bold]{scenario.Name}[/]  {scenario.Title}  [dim]{string.Join(' ', scenario.Tags)}[/]");
                AnsiConsole.Write(new Padder(new Text(scenario.Description.ReplaceLineEndings(" ")), new Padding(2, 0, 0, 1)));
            }
        });
        return command;
    }
}
