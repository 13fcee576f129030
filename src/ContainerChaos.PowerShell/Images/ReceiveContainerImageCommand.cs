using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Gets images from registries.</summary>
[Cmdlet(VerbsCommunications.Receive, "ContainerImage", SupportsShouldProcess = true)]
[Alias("Pull-ContainerImage")]
[OutputType(typeof(Image))]
public sealed class ReceiveContainerImageCommand : RegistryCmdlet
{
    /// <summary>The references, <c>[host[:port]/]repository[:tag]</c>; without a host they are docker.io's. The images have the same names here.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "Image")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImageReferenceCompleter))]
    public string[] Reference { get; set; } = [];

    /// <summary>Gets the images that the current pipeline object names.</summary>
    protected override void ProcessRecord()
    {
        foreach (var reference in Reference)
        {
            if (ShouldProcess(reference, "Receive image"))
                Attempt(reference, () => WriteObject(Transfer(reference, options => Engine.Images.Pull(reference, options, Cancellation))));
        }
    }
}
