using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Sends one signal to PID 1 again and again: what its handler costs, and what is lost, since a pending standard signal is one, however often it is sent (signal(7)).</summary>
/// <param name="Signal">The signal's number.</param>
/// <param name="Rate">How often a second, 1 to 100,000.</param>
public sealed record SignalStormFault(int Signal, int Rate = 1000) : FaultSpec
{
    // A timer's own cost is what limits it: above this rate several are sent each time.
    private const int TicksPerSecond = 500;

    /// <inheritdoc/>
    public override string Name => "signal-storm";

    internal override FaultPlan Plan(ChaosTarget target) => new()
    {
        Effect = string.Create(CultureInfo.InvariantCulture, $"{SignalName.Of(Signal)} to PID 1 (host {target.Pid}) {Rate} times a second"),
        Cycle = [FaultStep.Signal(target.Pid, target.PidStartTime, Signal)],
        CycleInterval = TimeSpan.FromSeconds(1.0 / Math.Min(Rate, TicksPerSecond)),
        CycleCount = Math.Max(1, Rate / TicksPerSecond),
    };
}
