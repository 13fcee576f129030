using System.Collections;
using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Lists volumes, or finds them by name.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerVolume")]
[OutputType(typeof(ContainerVolume))]
public sealed class GetContainerVolumeCommand : ContainerVolumeCmdlet
{
    /// <summary>Names; wildcards are welcome.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(VolumeNameCompleter))]
    public string[]? Name { get; set; }

    /// <summary>Only volumes that no container has, running or not.</summary>
    [Parameter]
    public SwitchParameter Dangling { get; set; }

    /// <summary>Only volumes that have all of these labels; an empty value matches any.</summary>
    [Parameter]
    public Hashtable? Label { get; set; }

    /// <summary>Finds the volumes that the current pipeline object names.</summary>
    protected override void ProcessRecord()
    {
        foreach (var name in Name ?? ["*"])
        {
            Attempt(name, () =>
            {
                foreach (var volume in Find(name).Where(IsWanted))
                {
                    if (volume.Warning is { } warning)
                        WriteWarning($"{volume.Name}: its files are there, but its labels and options are lost: {warning}");
                    WriteObject(volume);
                }
            });
        }
    }

    private bool IsWanted(ContainerVolume volume) =>
        (!Dangling || volume.Containers.Count == 0)
        && Arguments.Pairs(Label).All(wanted => volume.Labels.TryGetValue(wanted.Key, out var value) && (wanted.Value.Length == 0 || value == wanted.Value));
}
