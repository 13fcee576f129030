using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Removes containers with their writable layer and their log.</summary>
[Cmdlet(VerbsCommon.Remove, "Container", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
public sealed class RemoveContainerCommand : ContainerActionCmdlet
{
    /// <summary>Kill a container that runs, and remove it then.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>Remove the anonymous volumes too that no other container has.</summary>
    [Parameter]
    [Alias("v")]
    public SwitchParameter Volumes { get; set; }

    private protected override string Operation => "Remove container";

    private protected override object? Act(ContainerTarget target)
    {
        Engine.Remove(target.Id, new ContainerRemoveOptions { Force = Force, Volumes = Volumes }, Cancellation);
        return null;
    }

    private protected override void Report(ContainerTarget target, object? result) => WriteVerbose($"{target.Name}: removed.");
}
