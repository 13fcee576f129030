using System.Management.Automation;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Has system calls of containers fail or take their time and returns while the fault is in force. It ends with Stop-Fault, its duration, a stop condition, or this shell.</summary>
[Cmdlet(VerbsLifecycle.Start, "SyscallFault", SupportsShouldProcess = true)]
[OutputType(typeof(FaultRecord))]
public sealed class StartSyscallFaultCommand : SyscallFaultCmdlet
{
    private protected override void Break(FaultSpec fault, IReadOnlyList<ChaosTarget> targets) => StartEach(fault, targets);
}
