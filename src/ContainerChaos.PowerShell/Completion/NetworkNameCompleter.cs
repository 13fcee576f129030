using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>The names of networks.</summary>
public sealed class NetworkNameCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        EngineSession.Engine.ListNetworks().Where(network => Begins(network.Name, prefix)).Select(network => Result(network.Name, string.Join(", ", network.Subnets)));
}
