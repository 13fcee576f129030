using System.Management.Automation;
using ContainerChaos.Scenarios;

namespace ContainerChaos.PowerShell;

/// <summary>The tags of the built-in scenarios.</summary>
public sealed class ScenarioTagCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        ScenarioCatalog.BuiltIn().SelectMany(scenario => scenario.Tags).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(tag => Begins(tag, prefix)).Select(tag => Result(tag, $"scenarios tagged {tag}"));
}
