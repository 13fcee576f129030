using System.Management.Automation;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Starts containers anew with clocks that are ahead, and returns when the fault is over and undone.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ClockFault", SupportsShouldProcess = true)]
[OutputType(typeof(FaultRecord))]
public sealed class InvokeClockFaultCommand : ClockFaultCmdlet
{
    /// <summary>Return what was done.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Break(FaultSpec fault, IReadOnlyList<ChaosTarget> targets) => RunEach(fault, targets, PassThru);
}
