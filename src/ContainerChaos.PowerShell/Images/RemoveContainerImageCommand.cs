using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Removes images, and the layers that no other image has.</summary>
[Cmdlet(VerbsCommon.Remove, "ContainerImage", SupportsShouldProcess = true)]
public sealed class RemoveContainerImageCommand : ContainerImageCmdlet
{
    /// <summary>References (<c>repository[:tag]</c>), ids or unique beginnings of ids. Wildcards match references, with or without their tag.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "Image")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImageReferenceCompleter))]
    public string[] Reference { get; set; } = [];

    /// <summary>Remove the reference even though containers use the image; its layers stay until those are gone.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Removes the images that the current pipeline object names.</summary>
    protected override void ProcessRecord()
    {
        foreach (var reference in Reference)
        {
            if (!WildcardPattern.ContainsWildcardCharacters(reference) && Engine.Images.IsDamaged(reference))
            {
                if (ShouldProcess(reference, "Remove damaged image"))
                    Attempt(reference, () => Engine.Images.Remove(reference));
                continue;
            }

            IReadOnlyList<Image> images = [];
            Attempt(reference, () => images = Find(reference));
            foreach (var image in images.Where(i => ShouldProcess(i.Reference, "Remove image")))
            {
                if (Attempt(image.Reference, () => Engine.Images.Remove(image.Reference, Force)))
                    WriteVerbose($"{image.Reference}: removed.");
            }
        }
    }
}
