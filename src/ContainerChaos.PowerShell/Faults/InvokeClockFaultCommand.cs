using System.Management.Automation;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

/// <summary>Starts containers anew with clocks that are ahead, and returns when the fault is over and undone.</summary>
[Cmdlet(VerbsLifecycle.Invoke, "ClockFault", SupportsShouldProcess = true)]
[OutputType(typeof(FaultRecord))]
public sealed class InvokeClockFaultCommand : ClockFaultCmdlet
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
