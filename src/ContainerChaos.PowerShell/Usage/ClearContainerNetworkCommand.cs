using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Removes the networks that no container is to be in.</summary>
[Cmdlet(VerbsCommon.Clear, "ContainerNetwork", SupportsShouldProcess = true)]
[OutputType(typeof(PrunedObject))]
public sealed class ClearContainerNetworkCommand : ClearCmdlet
{
    private protected override PruneOptions Wanted => new() { Networks = true };
}
