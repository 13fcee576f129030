using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Removes volumes that no container has, with their files.</summary>
[Cmdlet(VerbsCommon.Remove, "ContainerVolume", SupportsShouldProcess = true)]
public sealed class RemoveContainerVolumeCommand : ContainerVolumeCmdlet
{
    /// <summary>Names; wildcards are welcome.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(VolumeNameCompleter))]
    public string[] Name { get; set; } = [];

    /// <summary>Removes the volumes that the current pipeline object names.</summary>
    protected override void ProcessRecord()
    {
        foreach (var name in Name)
        {
            IReadOnlyList<ContainerVolume> volumes = [];
            Attempt(name, () => volumes = Find(name));
            foreach (var volume in volumes.Where(volume => ShouldProcess(volume.Name, "Remove volume")))
            {
                if (Attempt(volume.Name, () => Engine.RemoveVolume(volume.Name)))
                    WriteVerbose($"{volume.Name}: removed.");
            }
        }
    }
}
