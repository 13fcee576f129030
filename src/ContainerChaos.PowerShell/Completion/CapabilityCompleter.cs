using System.Management.Automation;
using ContainerChaos.Runtime;

namespace ContainerChaos.PowerShell;

/// <summary>The capabilities, without CAP_ unless that is what was begun with.</summary>
public sealed class CapabilityCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        new[] { "ALL" }.Concat(Capabilities.All.Select(name => Begins("CAP_", prefix) && prefix.Length > 1 || Begins(prefix, "CAP_") ? name : name["CAP_".Length..]))
            .Where(name => Begins(name, prefix)).Select(name => Result(name, "capabilities(7)"));
}
