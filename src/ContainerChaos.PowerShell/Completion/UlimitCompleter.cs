using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>The resource limits of getrlimit(2), with the equals sign.</summary>
public sealed class UlimitCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        UlimitArgument.Names.Where(name => Begins(name + "=", prefix)).Select(name => Result(name + "=", $"RLIMIT_{name.ToUpperInvariant()}, getrlimit(2)"));
}
