using System.Management.Automation;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Breaks the network of containers on purpose and returns while the fault is in force. It ends with Stop-Fault, its duration, a stop condition, or this shell.</summary>
[Cmdlet(VerbsLifecycle.Start, "NetworkFault", SupportsShouldProcess = true)]
[OutputType(typeof(FaultRecord))]
public sealed class StartNetworkFaultCommand : NetworkFaultCmdlet
{
    private protected override void Break(FaultSpec fault, IReadOnlyList<ChaosTarget> targets) => StartEach(fault, targets);
}
