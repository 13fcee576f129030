using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Writes images into a file or a directory that other tools read.</summary>
[Cmdlet(VerbsData.Export, "ContainerImage", SupportsShouldProcess = true)]
public sealed class ExportContainerImageCommand : ContainerImageCmdlet
{
    private readonly List<string> references = [];

    /// <summary>References (<c>repository[:tag]</c>), ids or unique beginnings of ids. Wildcards match references, with or without their tag. All go into one archive.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Name", "Image")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ImageReferenceCompleter))]
    public string[] Reference { get; set; } = [];

    /// <summary>The tar file; or a directory that is empty, or whose path ends with a slash.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [Alias("LiteralPath", "OutFile")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary><c>docker</c> (the default), what docker load and podman load read; or <c>oci</c>, an image layout with compressed layers.</summary>
    [Parameter]
    [ValidateSet("docker", "oci")]
    // No enumeration of the engine's: PowerShell looks at the fields before the module can say where that assembly is.
    public string Format { get; set; } = "docker";

    /// <summary>Do not replace a file that is there.</summary>
    [Parameter]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Collects the images that the current pipeline object names.</summary>
    protected override void ProcessRecord()
    {
        foreach (var reference in Reference)
            Attempt(reference, () => references.AddRange(Find(reference).Select(image => image.Reference)));
    }

    /// <summary>Writes them all.</summary>
    protected override void EndProcessing()
    {
        var path = ResolvePath(Path) + (Path.EndsWith('/') ? "/" : "");
        if (references.Count == 0 || !ShouldProcess(path, $"Export {string.Join(", ", references)}"))
            return;
        if (NoClobber && File.Exists(path))
        {
            WriteError(new ErrorRecord(new IOException($"The file '{path}' exists already."), "NoClobber", ErrorCategory.ResourceExists, path)
            {
                ErrorDetails = new ErrorDetails($"The file '{path}' exists already.") { RecommendedAction = "Name another file, or leave out -NoClobber." },
            });
            return;
        }

        if (Attempt(path, () => Engine.Images.Export(references, path, Enum.Parse<ImageArchiveFormat>(Format, ignoreCase: true), Cancellation)))
            WriteVerbose($"{string.Join(", ", references)}: exported to {path}.");
    }
}
