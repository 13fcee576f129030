using System.Globalization;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Throttles the target in bursts: its quota is squeezed and given back in turn.</summary>
/// <param name="Processors">The quota during a burst, in processors.</param>
/// <param name="Period">How long a burst lasts, and how long the pause after it; 10 ms and more.</param>
public sealed record CpuThrottleFault(double Processors, TimeSpan Period) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "cpu-throttle";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        ControlFile file = Control(target, "cpu", "cpu.cfs_quota_us", "cpu.max");
        string value = CpuQuota.Text(file, Processors);
        FaultPlan plan = Set(file, value, string.Create(CultureInfo.InvariantCulture, $"{file.Name} changes between '{value}' and '{file.Value}' every {Period.TotalMilliseconds:0.###} ms"));
        return plan with { Cycle = [.. plan.Undo, .. plan.Apply], CycleInterval = Period };
    }
}
