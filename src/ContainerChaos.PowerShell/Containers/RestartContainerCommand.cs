using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Stops containers as Stop-Container does and starts them again.</summary>
[Cmdlet(VerbsLifecycle.Restart, "Container", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(Container))]
public sealed class RestartContainerCommand : GracefulStopCmdlet
{
    private protected override string Operation => "Restart container";

    private protected override object Act(ContainerTarget target) => Engine.Restart(target.Id, GracePeriod, Cancellation);

    private protected override bool Starts => true;

    private protected override string Describe(Container container) =>
        $"{container.Name}: restarted; PID 1 is {container.Pid} on the host.";
}
