using System.Management.Automation;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Has system calls of containers fail or take their time, and returns when the fault is over and undone.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "SyscallFault", SupportsShouldProcess = true)]
[OutputType(typeof(FaultRecord))]
public sealed class InvokeSyscallFaultCommand : SyscallFaultCmdlet
{
    /// <summary>Return what was done.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Break(FaultSpec fault, IReadOnlyList<ChaosTarget> targets) => RunEach(fault, targets, PassThru);
}
