using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Gives a container another name, also while it runs.</summary>
[Cmdlet(VerbsCommon.Rename, "Container", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(Container))]
public sealed class RenameContainerCommand : PassThruCmdlet
{
    /// <summary>The new name: letters, digits, <c>_</c>, <c>.</c> and <c>-</c>, two at least, and no other container's.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [ValidateNotNullOrEmpty]
    public string NewName { get; set; } = "";

    private protected override string Operation => $"Rename to {NewName}";

    private protected override object Act(ContainerTarget target) => Engine.Rename(target.Id, NewName);

    private protected override string Describe(Container container) => $"{container.Name}: this is its name now.";
}
