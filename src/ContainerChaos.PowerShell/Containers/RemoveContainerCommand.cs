using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>Removes containers with their writable layer and their log.</summary>
[Cmdlet(VerbsCommon.Remove, "Container", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
public sealed class RemoveContainerCommand : ContainerActionCmdlet
{
    /// <summary>Kill a container that runs, and remove it then.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override string Operation => "Remove container";

    private protected override object? Act(ContainerTarget target)
    {
        Engine.Remove(target.Id, Force, Cancellation);
        return null;
    }

    private protected override void Report(ContainerTarget target, object? result) => WriteVerbose($"{target.Name}: removed.");
}
