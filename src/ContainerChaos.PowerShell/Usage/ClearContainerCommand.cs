using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Removes the containers that do not run, with their writable layers and logs.</summary>
[Cmdlet(VerbsCommon.Clear, "Container", SupportsShouldProcess = true)]
[OutputType(typeof(PrunedObject))]
public sealed class ClearContainerCommand : ClearCmdlet
{
    private protected override PruneOptions Wanted => new() { Containers = true };
}
