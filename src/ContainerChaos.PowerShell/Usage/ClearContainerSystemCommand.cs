using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Removes the containers that do not run, the networks and the unnamed images that are not used then, and with -Volumes the anonymous volumes.</summary>
[Cmdlet(VerbsCommon.Clear, "ContainerSystem", SupportsShouldProcess = true)]
[OutputType(typeof(PrunedObject))]
public sealed class ClearContainerSystemCommand : ClearCmdlet
{
    /// <summary>Images with a name too, as long as no container that runs has them.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>Anonymous volumes too.</summary>
    [Parameter]
    public SwitchParameter Volumes { get; set; }

    private protected override PruneOptions Wanted => new() { Containers = true, Networks = true, Images = true, AllImages = All, Volumes = Volumes };
}
