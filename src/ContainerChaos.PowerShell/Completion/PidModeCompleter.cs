using System.Management.Automation;
using ContainerChaos.Runtime;

namespace ContainerChaos.PowerShell;

/// <summary>Whose PID namespace a container can have.</summary>
public sealed class PidModeCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        new[] { Result("host", "the processes of the host") }
            .Concat(EngineSession.Engine.List().Where(c => c.State == ContainerStatus.Running).Select(c => Result($"container:{c.Name}", $"the processes of {c.Name}")))
            .Where(r => Begins(r.CompletionText, prefix));
}
