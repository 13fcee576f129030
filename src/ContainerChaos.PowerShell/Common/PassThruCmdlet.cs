using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>An action that is silent unless <c>-PassThru</c> or <c>-Verbose</c> asks for more.</summary>
public abstract class PassThruCmdlet : ContainerActionCmdlet
{
    /// <summary>Return the containers as they are afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Whether the container was started, so that what the start could not grant is new.</summary>
    private protected virtual bool Starts => false;

    /// <summary>What was done, in a sentence.</summary>
    private protected abstract string Describe(Container container);

    private protected sealed override void Report(ContainerTarget target, object? result)
    {
        var container = (Container)result!;
        if (Starts)
            WriteWarnings(container);
        WriteVerbose(Describe(container));
        if (PassThru)
            WriteObject(container);
    }
}
