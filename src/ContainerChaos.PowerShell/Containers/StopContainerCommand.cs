using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Stops containers: the stop signal, the grace period, then SIGKILL. Several are stopped side by side. It disarms the restart policy.</summary>
[Cmdlet(VerbsLifecycle.Stop, "Container", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(Container))]
public sealed class StopContainerCommand : GracefulStopCmdlet
{
    private protected override string Operation => "Stop container";

    private protected override object Act(ContainerTarget target) => Engine.Stop(target.Id, GracePeriod, Cancellation);

    private protected override string Describe(Container container) =>
        $"{container.Name}: stopped with exit code {container.ExitCode}{(container.ExitCode == 137 ? " (SIGKILL)" : "")}.";
}
