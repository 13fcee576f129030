using System.Globalization;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Sets the weight of the target among its neighbours for processor time, which matters when there is not enough for all.</summary>
/// <param name="Weight">1 to 10,000, as cpu.weight of version 2; 100 is the default. On version 1 it is converted to cpu.shares.</param>
public sealed record CpuWeightFault(int Weight) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "cpu-weight";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        ControlFile file = Control(target, "cpu", "cpu.shares", "cpu.weight");
        // The inverse of what runtimes do with cpu.shares on version 2: 2 to 262144 become 1 to 10000.
        long value = file.IsUnified ? Weight : 2 + ((Weight - 1) * 262142L / 9999);
        return Set(file, value.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{file.Name} {file.Value} becomes {value}"));
    }
}
