using System.Globalization;
using ContainerChaos.Runtime;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Lowers the target's memory limit while it runs, and sets it back.</summary>
/// <param name="Bytes">The new limit.</param>
/// <remarks>Below what can't be reclaimed, version 2 kills (memory.max), and version 1 refuses with EBUSY.</remarks>
public sealed record MemoryLimitFault(long Bytes) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "memory-limit";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        ControlFile file = Control(target, "memory", "memory.limit_in_bytes", "memory.max");
        return Set(file, Bytes.ToString(CultureInfo.InvariantCulture), $"{file.Name} {file.Value} becomes {Bytes} ({ByteSize.Format(Bytes)}){(file.IsUnified ? "; what can't be reclaimed is killed" : "")}");
    }
}
