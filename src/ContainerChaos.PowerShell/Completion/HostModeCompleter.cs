using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>Whether a namespace is a container's own or the host's.</summary>
public sealed class HostModeCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        new[] { Result("private", "one of its own"), Result("host", "the host's") }.Where(r => Begins(r.CompletionText, prefix));
}
