using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Linux;

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
            Attempt(target.Name, () => WriteObject(Count(Engine.Get(target.Id))));
        }
    }

    private static ZombieCount Count(Container container)
    {
        var zombies = container.Pid is null ? 0 : Engine.CountZombies(container.Id);
        var group = CgroupHost.Current.Group(container.CgroupPath);
        try
        {
            return new ZombieCount(container.Name, zombies, group.ReadPids(), group.ReadPidsLimit());
        }
        catch (ErrnoException)
        {
            // It does not run, or it ended just now and its group went with it.
            return new ZombieCount(container.Name, zombies, null, null);
        }
    }
}
