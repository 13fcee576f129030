using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Thaws containers that Suspend-Container froze.</summary>
[Cmdlet(VerbsLifecycle.Resume, "Container", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(Container))]
public sealed class ResumeContainerCommand : PassThruCmdlet
{
    private protected override string Operation => "Resume container";

    private protected override object Act(ContainerTarget target) => Engine.Resume(target.Id, Cancellation);

    private protected override string Describe(Container container) =>
        $"{container.Name}: every process runs again.";
}
