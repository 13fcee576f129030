using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Removes the anonymous volumes that no container has.</summary>
[Cmdlet(VerbsCommon.Clear, "ContainerVolume", SupportsShouldProcess = true)]
[OutputType(typeof(PrunedObject))]
public sealed class ClearContainerVolumeCommand : ClearCmdlet
{
    /// <summary>Named volumes too.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    private protected override PruneOptions Wanted => new() { Volumes = true, AllVolumes = All };
}
