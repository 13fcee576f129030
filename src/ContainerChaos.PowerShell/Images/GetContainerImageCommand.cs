using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Lists images, or finds them by reference.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerImage")]
[OutputType(typeof(Image))]
public sealed class GetContainerImageCommand : ContainerImageCmdlet
{
    /// <summary>References (<c>repository[:tag]</c>), ids or unique beginnings of ids. Wildcards match references, with or without their tag.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "Image")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImageReferenceCompleter))]
    public string[]? Reference { get; set; }

    /// <summary>Finds the images that the current pipeline object names.</summary>
    protected override void ProcessRecord()
    {
        if (Reference is null)
        {
            foreach (var (damaged, why) in Engine.Images.ListDamaged())
                WriteWarning($"{why} Receive or import the image again, or remove it: Remove-ContainerImage {damaged}");
        }

        foreach (var reference in Reference ?? ["*"])
            Attempt(reference, () => WriteObject(Find(reference), enumerateCollection: true));
    }
}
