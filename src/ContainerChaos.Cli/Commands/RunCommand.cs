using System.CommandLine;
using ContainerChaos.Scenarios;

namespace ContainerChaos.Cli;

/// <summary><c>containerchaos run SCENARIO…</c></summary>
internal static class RunCommand
{
    internal static Command Create()
    {
        var names = new Argument<string[]>("scenario") { Description = "Built-in names or YAML files.", Arity = ArgumentArity.OneOrMore };
        names.CompletionSources.Add(_ => ScenarioCatalog.Names().Select(n => new System.CommandLine.Completions.CompletionItem(n)));
        var report = new Option<FileInfo?>("--report") { Description = "Writes an HTML report here.", HelpName = "FILE.html" };
        var json = new Option<FileInfo?>("--json") { Description = "Writes everything, raw trials included, here.", HelpName = "FILE.json" };
        var binder = new RunOptionsBinder();
        var command = new Command("run", "Runs scenarios and prints how each restart policy recovered.") { names, report, json };
        binder.AddTo(command);
        command.SetAction((parse, cancellationToken) => Task.Run(() => ScenarioSession.Run(
            () => [.. parse.GetRequiredValue(names).Select(ScenarioCatalog.Find)],
            binder.Bind(parse),
            binder.IsWhatIf(parse),
            parse.GetValue(report)?.FullName,
            parse.GetValue(json)?.FullName,
            cancellationToken)));
        return command;
    }
}
