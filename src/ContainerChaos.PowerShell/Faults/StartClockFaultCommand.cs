using System.Management.Automation;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Starts containers anew with clocks that are ahead and returns while the fault is in force. It ends with Stop-Fault, its duration, a stop condition, or this shell.</summary>
[Cmdlet(VerbsLifecycle.Start, "ClockFault", SupportsShouldProcess = true)]
[OutputType(typeof(FaultRecord))]
public sealed class StartClockFaultCommand : ClockFaultCmdlet
{
    private protected override void Break(FaultSpec fault, IReadOnlyList<ChaosTarget> targets) => StartEach(fault, targets);
}
