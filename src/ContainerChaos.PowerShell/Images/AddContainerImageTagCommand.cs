using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Gives an image further references.</summary>
[Cmdlet(VerbsCommon.Add, "ContainerImageTag", SupportsShouldProcess = true)]
[OutputType(typeof(Image))]
public sealed class AddContainerImageTagCommand : ContainerImageCmdlet
{
    /// <summary>The image: a reference (<c>repository[:tag]</c>), an id or a unique beginning of one.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "Image")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImageReferenceCompleter))]
    public string Reference { get; set; } = "";

    /// <summary>The further references, <c>repository[:tag]</c>. One that another image has moves to this one.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Alias("NewReference")]
    [ValidateNotNullOrEmpty]
    public string[] Tag { get; set; } = [];

    /// <summary>Return the image under its new references.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Tags the image of the current pipeline object.</summary>
    protected override void ProcessRecord()
    {
        foreach (var tag in Tag)
        {
            Image? image = null;
            if (!ShouldProcess(Reference, $"Add reference {tag}") || !Attempt(Reference, () => image = Engine.Images.Tag(Reference, tag)))
                continue;
            WriteVerbose($"{image!.Reference}: refers to {image.Id} now.");
            if (PassThru)
                WriteObject(image);
        }
    }
}
