using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>What containers have added, changed and deleted of their images' files.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerChange", DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(ContainerChange))]
public sealed class GetContainerChangeCommand : ContainerTargetCmdlet
{
    /// <summary>Compares the current pipeline object's containers with their images.</summary>
    protected override void ProcessRecord()
    {
        foreach (var target in Targets())
            Attempt(target.Name, () => WriteObject(Engine.GetChanges(target.Id, Cancellation), enumerateCollection: true));
    }
}
