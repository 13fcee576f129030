using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Shows how images came about, layer by layer.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerImageHistory")]
[OutputType(typeof(ImageHistoryEntry))]
public sealed class GetContainerImageHistoryCommand : ContainerImageCmdlet
{
    /// <summary>References (<c>repository[:tag]</c>), ids or unique beginnings of ids. Wildcards match references, with or without their tag.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "Image")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImageReferenceCompleter))]
    public string[] Reference { get; set; } = [];

    /// <summary>Shows the history of the images that the current pipeline object names.</summary>
    protected override void ProcessRecord()
    {
        foreach (var reference in Reference)
            Attempt(reference, () => WriteObject(Find(reference).SelectMany(image => Engine.Images.GetHistory(image.Reference)), enumerateCollection: true));
    }
}
