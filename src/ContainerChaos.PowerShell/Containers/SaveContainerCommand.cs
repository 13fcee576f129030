using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Makes an image of a container: its image, and on top of it what the container has written.</summary>
[Cmdlet(VerbsData.Save, "Container", SupportsShouldProcess = true)]
[OutputType(typeof(Image))]
public sealed class SaveContainerCommand : ContainerChaosCmdlet
{
    /// <summary>The container: its name, its id, or a beginning of the id that no other has.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("Id", "Container")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ContainerNameCompleter))]
    public string Name { get; set; } = "";

    /// <summary>The reference that the new image shall have, <c>repository[:tag]</c>; one that exists moves to it.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string Reference { get; set; } = "";

    /// <summary>Who made it.</summary>
    [Parameter]
    public string? Author { get; set; }

    /// <summary>What was done.</summary>
    [Parameter]
    [Alias("Comment")]
    public string? Message { get; set; }

    /// <summary>Lines of a Dockerfile that change its configuration, such as <c>'CMD ["/bin/app"]'</c> or <c>'ENV A=b'</c>.</summary>
    [Parameter]
    public string[] Change { get; set; } = [];

    /// <summary>Leave a running container running while its files are read; they may not fit together then.</summary>
    [Parameter]
    public SwitchParameter NoPause { get; set; }

    /// <summary>Saves the container of the current pipeline object.</summary>
    protected override void ProcessRecord()
    {
        if (!ShouldProcess(Name, $"Save as image {Reference}"))
            return;
        Image? image = null;
        var options = new ContainerCommitOptions { Author = Author, Message = Message, Changes = Change, NoPause = NoPause };
        if (!Attempt(Name, () => image = Engine.Save(Name, Reference, options, Cancellation)))
            return;
        WriteVerbose($"{image!.Reference}: made of {Name}.");
        WriteObject(image);
    }
}
