using System.CommandLine;
using ContainerChaos.Scenarios;

namespace ContainerChaos.Cli;

/// <summary><c>containerchaos run SCENARIO…</c></summary>
internal static class RunCommand
{
    internal static Command Create()
    {
        var names = new Argument<string[]>("scenario") { Description = "Built-in names, YAML files, or experiments of the Chaos Toolkit (JSON or YAML).", Arity = ArgumentArity.OneOrMore };
        names.CompletionSources.Add(_ => ScenarioCatalog.Names().Select(n => new System.CommandLine.Completions.CompletionItem(n)));
        var reports = new Option<FileInfo[]>("--report")
        {
            Description = "Writes a report there, as the extension says: .html, .json, .journal.json (Chaos Toolkit), .md, .xml (JUnit), .nunit.xml; can be given several times.",
            HelpName = "FILE",
        };
        var stopAfter = new Option<string?>("--stop-after")
        {
            Description = "Runs one trial and stops it after this step (its label or number): the container and its faults stay until Ctrl-C.",
            HelpName = "STEP",
        };
        var binder = new RunOptionsBinder();
        var command = new Command("run", "Runs scenarios and prints how each restart policy recovered.") { names, reports, stopAfter };
        binder.AddTo(command);
        command.SetAction((parse, cancellationToken) => Task.Run(() => ScenarioSession.Run(
            () => [.. parse.GetRequiredValue(names).Select(ScenarioCatalog.Find)],
            binder.Bind(parse) with { StopAfter = parse.GetValue(stopAfter) },
            binder.IsWhatIf(parse),
            binder.IsVerbose(parse),
            [.. (parse.GetValue(reports) ?? []).Select(file => file.FullName)],
            cancellationToken)));
        return command;
    }
}
