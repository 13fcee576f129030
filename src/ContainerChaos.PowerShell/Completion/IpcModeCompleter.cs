using System.Management.Automation;
using ContainerChaos.Runtime;

namespace ContainerChaos.PowerShell;

/// <summary>Whose IPC namespace a container can have.</summary>
public sealed class IpcModeCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        new[]
        {
            Result("private", "one of its own, as without the option"),
            Result("shareable", "one of its own, which other containers may join"),
            Result("none", "one of its own, without /dev/shm"),
            Result("host", "the host's, with its /dev/shm"),
        }
            .Concat(EngineSession.Engine.List().Where(c => c.State == ContainerStatus.Running).Select(c => Result($"container:{c.Name}", $"that of {c.Name}, with its /dev/shm")))
            .Where(r => Begins(r.CompletionText, prefix));
}
