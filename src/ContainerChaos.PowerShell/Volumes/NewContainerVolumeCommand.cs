using System.Collections;
using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Makes a volume: files that outlive the containers that have them.</summary>
[Cmdlet(VerbsCommon.New, "ContainerVolume", SupportsShouldProcess = true)]
[OutputType(typeof(ContainerVolume))]
public sealed class NewContainerVolumeCommand : ContainerChaosCmdlet
{
    /// <summary>The unique name: letters, digits, <c>_</c>, <c>.</c> and <c>-</c>, two at least. Without it 64 hexadecimal digits.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    public string? Name { get; set; }

    /// <summary>Labels.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public Hashtable? Label { get; set; }

    /// <summary>Options of Docker's driver local: <c>@{ o = 'bind'; device = '/srv/data' }</c> makes the volume a directory of the host.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Opt")]
    public Hashtable? Option { get; set; }

    /// <summary>Makes the volume of the current pipeline object.</summary>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess(string.IsNullOrEmpty(Name) ? "(a generated name)" : Name, "New volume"))
            return;
        Attempt(Name, () => WriteObject(Engine.CreateVolume(new VolumeCreateOptions
        {
            Name = string.IsNullOrEmpty(Name) ? null : Name,
            Labels = Arguments.Pairs(Label),
            Options = Arguments.Pairs(Option),
        })));
    }
}
