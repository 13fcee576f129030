using System.Management.Automation;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Breaks what the runtime keeps of containers on purpose and returns while the fault is in force. It ends with Stop-Fault, its duration, a stop condition, or this shell.</summary>
[Cmdlet(VerbsLifecycle.Start, "RuntimeFault", SupportsShouldProcess = true)]
[OutputType(typeof(FaultRecord))]
public sealed class StartRuntimeFaultCommand : RuntimeFaultCmdlet
{
    private protected override void Break(FaultSpec fault, IReadOnlyList<ChaosTarget> targets) => StartEach(fault, targets);
}
