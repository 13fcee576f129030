using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Starts containers. One that runs already is left as it is.</summary>
[Cmdlet(VerbsLifecycle.Start, "Container", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(Container))]
public sealed class StartContainerCommand : ContainerActionCmdlet
{
    private protected override string Operation => "Start container";

    private protected override object Act(ContainerTarget target) => Engine.Start(target.Id, Cancellation);

    private protected override void Report(ContainerTarget target, object? result)
    {
        var container = (Container)result!;
        WriteWarnings(container);
        WriteVerbose($"{container.Name}: started; PID 1 is {container.Pid} on the host.");
        WriteObject(container);
    }
}
