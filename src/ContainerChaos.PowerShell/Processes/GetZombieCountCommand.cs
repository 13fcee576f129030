using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>How many processes of containers are dead and not reaped by their PID 1.</summary>
[Cmdlet(VerbsCommon.Get, "ZombieCount", DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(ZombieCount))]
public sealed class GetZombieCountCommand : ContainerTargetCmdlet
{
    /// <summary>Counts in the current pipeline object's containers.</summary>
    protected override void ProcessRecord()
    {
        foreach (var target in Targets())
        {
            Attempt(target.Name, () =>
            {
                var container = Engine.Get(target.Id);
                var zombies = Engine.CountZombies(container.Id);
                WriteObject(new ZombieCount(container.Name, zombies, null, null));
            });
        }
    }
}
