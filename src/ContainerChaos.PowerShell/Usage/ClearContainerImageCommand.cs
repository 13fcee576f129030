using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Removes the images without a name that no container has.</summary>
[Cmdlet(VerbsCommon.Clear, "ContainerImage", SupportsShouldProcess = true)]
[OutputType(typeof(PrunedObject))]
public sealed class ClearContainerImageCommand : ClearCmdlet
{
    /// <summary>Images with a name too, as long as no container has them.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    private protected override PruneOptions Wanted => new() { Images = true, AllImages = All };
}
