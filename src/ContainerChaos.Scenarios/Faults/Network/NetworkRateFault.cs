using ContainerChaos.Runtime;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Makes the target's network slow, by token buckets (tc-tbf(8)) at the ends of its wires: what waits for more than 50 ms is dropped.</summary>
/// <param name="BytesPerSecond">The rate in each direction, 1024 and more.</param>
/// <param name="Direction">Which packets it is for.</param>
public sealed record NetworkRateFault(long BytesPerSecond, TrafficDirection Direction = TrafficDirection.Both) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "network-rate";

    internal override FaultPlan Plan(ChaosTarget target) =>
        TargetNetwork.Of(target, Name).Queue(Name, Direction, $"tbf at {ByteSize.Format(BytesPerSecond)} a second", step => step with { Size = BytesPerSecond });
}
