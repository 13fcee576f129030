using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>The names of volumes.</summary>
public sealed class VolumeNameCompleter : LiveCompleter
{
    private protected override IEnumerable<CompletionResult> Complete(string command, string prefix) =>
        EngineSession.Engine.ListVolumeNames(prefix).Select(name => Result(name, name));
}
