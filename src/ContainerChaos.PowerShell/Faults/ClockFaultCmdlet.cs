using System.Management.Automation;
using ContainerChaos.Scenarios.Faults;

namespace ContainerChaos.PowerShell;

/// <summary>A cmdlet for faults of the clocks.</summary>
public abstract class ClockFaultCmdlet : FaultCmdlet
{
    /// <summary>How far the clocks are ahead: <c>1h</c>, a time span or seconds, up to 100 years.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    [DurationArgument]
    public TimeSpan Offset { get; set; }

    /// <summary>Which clocks: CLOCK_MONOTONIC, CLOCK_BOOTTIME, or both.</summary>
    [Parameter]
    [ValidateSet("Both", "Monotonic", "BootTime")]
    public string Clock { get; set; } = "Both";

    /// <summary>The fault that the parameters are.</summary>
    private protected override FaultSpec ReadFault()
    {
        var isBoth = Clock.Equals("Both", StringComparison.OrdinalIgnoreCase);
        var isMonotonic = Clock.Equals("Monotonic", StringComparison.OrdinalIgnoreCase);
        return new ClockOffsetFault(isBoth || isMonotonic ? Offset : TimeSpan.Zero, isMonotonic ? TimeSpan.Zero : Offset);
    }
}
