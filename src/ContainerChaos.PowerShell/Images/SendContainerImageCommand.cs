using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>Puts images into registries.</summary>
[Cmdlet(VerbsCommunications.Send, "ContainerImage", SupportsShouldProcess = true)]
[Alias("Push-ContainerImage")]
public sealed class SendContainerImageCommand : RegistryCmdlet
{
    /// <summary>The references, <c>[host[:port]/]repository[:tag]</c>, which name the registry too; Add-ContainerImageTag gives an image one. Wildcards match references.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "Image")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImageReferenceCompleter))]
    public string[] Reference { get; set; } = [];

    /// <summary>Puts the images that the current pipeline object names.</summary>
    protected override void ProcessRecord()
    {
        foreach (var name in Reference)
        {
            IReadOnlyList<string> references = [];
            Attempt(name, () => references = [.. Find(name).Select(image => image.Reference)]);
            foreach (var reference in references.Where(reference => ShouldProcess(reference, "Send image")))
                Attempt(reference, () => WriteVerbose($"{reference}: in the registry as {Transfer(reference, options => Engine.Images.Push(reference, options, Cancellation))}."));
        }
    }
}
