using System.Management.Automation;
using ContainerChaos.Scenarios;

namespace ContainerChaos.PowerShell;

/// <summary>The names of the built-in scenarios. Paths complete as they do everywhere.</summary>
public sealed class ScenarioNameCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        ScenarioCatalog.Names().Where(name => Begins(name, prefix)).Select(name => Result(name, $"scenario {name}"));
}
