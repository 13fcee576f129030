using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>Starts containers. One that runs already is left as it is.</summary>
[Cmdlet(VerbsLifecycle.Start, "Container", SupportsShouldProcess = true, DefaultParameterSetName = ParameterSets.ByName)]
[OutputType(typeof(Container))]
public sealed class StartContainerCommand : ContainerActionCmdlet
{
    /// <summary>
    /// Attach to it from its first byte on: what it writes is returned as it comes, until it ends. If it has a terminal, that is connected with
    /// yours. One container at a time.
    /// </summary>
    [Parameter]
    [Alias("a")]
    public SwitchParameter Attach { get; set; }

    /// <summary>The keys that leave its terminal: <c>ctrl-p,ctrl-q</c> by default; empty for none.</summary>
    [Parameter]
    [AllowEmptyString]
    public string DetachKeys { get; set; } = "ctrl-p,ctrl-q";

    /// <summary>Starts the containers of the current pipeline object.</summary>
    protected override void ProcessRecord()
    {
        if (!Attach)
        {
            base.ProcessRecord();
            return;
        }

        foreach (var target in Targets())
        {
            if (ShouldProcess(target.Name, Operation))
                Attempt(target.Name, () => SetExitCode(AttachedContainer.Start(Engine, Engine.Get(target.Id), DetachKeys, input: null, WriteObject, Cancellation)));
        }
    }

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
