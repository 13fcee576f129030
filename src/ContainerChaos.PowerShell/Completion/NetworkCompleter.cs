using System.Management.Automation;
using ContainerChaos.Runtime;

namespace ContainerChaos.PowerShell;

/// <summary>The network modes and the networks, with a <c>container:NAME</c> for each running container.</summary>
public sealed class NetworkCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix)
    {
        var modes = new[]
        {
            Result("none", "a network namespace of its own with a loopback"),
            Result("host", "the host's network namespace"),
        };
        var joins = EngineSession.Engine.List()
            .Where(c => c.State == ContainerStatus.Running)
            .Select(c => Result($"container:{c.Name}", $"the network namespace of {c.Name}"));
        var networks = EngineSession.Engine.ListNetworks().Where(network => network.Bridge is not null).Select(network => Result(network.Name, string.Join(", ", network.Subnets)));
        return modes.Concat(networks).Concat(joins).Where(r => Begins(r.CompletionText, prefix));
    }
}
