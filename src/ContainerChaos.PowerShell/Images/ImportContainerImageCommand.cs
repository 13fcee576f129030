using System.Collections;
using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Imports images: an OCI image layout, an archive of docker save, or a root file system.</summary>
[Cmdlet(VerbsData.Import, "ContainerImage", SupportsShouldProcess = true)]
[OutputType(typeof(Image))]
public sealed class ImportContainerImageCommand : ContainerChaosCmdlet
{
    /// <summary>A directory or a tar file, plain or compressed with gzip or zstd: an OCI image layout, an archive of docker save, or a root file system. Which of them it is, its content says.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("FullName", "PSPath", "LiteralPath")]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>The reference it shall have, <c>repository[:tag]</c>. Without it those that the archive names, or the file's name without its extension.</summary>
    [Parameter(Position = 1)]
    [Alias("Name")]
    public string? Reference { get; set; }

    /// <summary>The default command of its containers. This and what follows is for root file systems; images bring their own.</summary>
    [Parameter]
    public string[] Command { get; set; } = [];

    /// <summary>The program that every command is an argument of.</summary>
    [Parameter]
    public string[] Entrypoint { get; set; } = [];

    /// <summary>Default environment variables.</summary>
    [Parameter]
    [Alias("Environment")]
    public Hashtable? Env { get; set; }

    /// <summary>The folder that commands start in, an absolute path.</summary>
    [Parameter]
    public string WorkingDirectory { get; set; } = "/";

    /// <summary>The default user, <c>user[:group]</c>.</summary>
    [Parameter]
    public string User { get; set; } = "";

    /// <summary>The signal that asks its containers to stop, by name or number.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(SignalCompleter))]
    public string? StopSignal { get; set; }

    /// <summary>Labels that its containers inherit.</summary>
    [Parameter]
    public Hashtable? Label { get; set; }

    /// <summary>Imports what the current pipeline object names.</summary>
    protected override void ProcessRecord()
    {
        var path = ResolvePath(Path);
        if (!ShouldProcess(path, Reference is null ? "Import image" : $"Import image as {Reference}"))
            return;
        Attempt(Path, () =>
        {
            foreach (var image in Engine.Images.ImportAll(path, Reference, Options(), Cancellation))
            {
                WriteVerbose($"{image.Reference}: imported from {path}, {HumanText.Size(image.SizeBytes)} in {image.Layers.Count} layer(s).");
                WriteObject(image);
            }
        });
    }

    private ImportOptions Options() => new()
    {
        Entrypoint = Entrypoint,
        Command = Command,
        Env = [.. Arguments.Pairs(Env).Select(pair => $"{pair.Key}={pair.Value}")],
        WorkingDirectory = WorkingDirectory,
        User = User,
        StopSignal = StopSignal,
        Labels = Arguments.Pairs(Label),
        Warn = WriteWarning,
    };
}
