using System.Management.Automation;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Breaks what the runtime keeps of containers on purpose, and returns when the fault is over and undone.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "RuntimeFault", SupportsShouldProcess = true)]
[OutputType(typeof(FaultRecord))]
public sealed class InvokeRuntimeFaultCommand : RuntimeFaultCmdlet
{
    /// <summary>Return what was done.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Break(FaultSpec fault, IReadOnlyList<ChaosTarget> targets) => RunEach(fault, targets, PassThru);
}
