using System.Management.Automation;
using ContainerChaos.Engine;

namespace ContainerChaos.PowerShell;

/// <summary>An action that is silent unless <c>-PassThru</c> or <c>-Verbose</c> asks for more.</summary>
public abstract class PassThruCmdlet : ContainerActionCmdlet
{
    /// <summary>Return the containers as they are afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>What was done, in a sentence.</summary>
    private protected abstract string Describe(Container container);

    private protected sealed override void Report(ContainerTarget target, object? result)
    {
        var container = (Container)result!;
        WriteVerbose(Describe(container));
        if (PassThru)
            WriteObject(container);
    }
}
