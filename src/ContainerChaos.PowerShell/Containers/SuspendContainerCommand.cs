using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Freezes every process of running containers (the cgroup freezer).</summary>
[Cmdlet(VerbsLifecycle.Suspend, "Container", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(Container))]
public sealed class SuspendContainerCommand : PassThruCmdlet
{
    private protected override string Operation => "Suspend container";

    private protected override object Act(ContainerTarget target) => Engine.Suspend(target.Id, Cancellation);

    private protected override string Describe(Container container) =>
        $"{container.Name}: every process is frozen.";
}
