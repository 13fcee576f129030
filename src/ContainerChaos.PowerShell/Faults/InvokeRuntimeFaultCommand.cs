using System.Management.Automation;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Breaks what the runtime keeps of containers on purpose, and returns when the fault is over and undone.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "RuntimeFault", SupportsShouldProcess = true)]
[OutputType(typeof(FaultRecord))]
public sealed class InvokeRuntimeFaultCommand : RuntimeFaultCmdlet
{
    /// <summary>How long the fault lasts: <c>500ms</c>, <c>10s</c>, <c>2m</c>, a time span or seconds; 10 s by default.</summary>
    [Parameter]
    [DurationArgument]
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Return what was done.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Break(FaultSpec fault, IReadOnlyList<ChaosTarget> targets) => RunEach(fault, targets, Duration, PassThru);
}
