using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>The processes of containers, zombies too: each with the host's PID and the container's.</summary>
[Cmdlet(VerbsCommon.Get, "ContainerProcess", DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(ContainerProcess))]
public sealed class GetContainerProcessCommand : ContainerTargetCmdlet
{
    /// <summary>Reads the processes of the current pipeline object's containers.</summary>
    protected override void ProcessRecord()
    {
        foreach (var target in Targets())
            Attempt(target.Name, () => WriteObject(Engine.GetProcesses(target.Id), enumerateCollection: true));
    }
}
