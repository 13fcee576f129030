using System.Globalization;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Puts the target under memory pressure without an OOM kill: it has to reclaim its own pages all the time.</summary>
/// <param name="Share">The limit as a share of what is used now, 0.1 to 1.</param>
/// <remarks>Version 2 has memory.high, which throttles and never kills. Version 1 has nothing like it: there the hard limit is lowered to the usage, and an OOM kill is possible when the target grows.</remarks>
public sealed record MemoryPressureFault(double Share = 0.9) : FaultSpec
{
    private const long Page = 4096;

    /// <inheritdoc/>
    public override string Name => "memory-pressure";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        ControlFile file = Control(target, "memory", "memory.limit_in_bytes", "memory.high");
        ControlFile usage = Control(target, "memory", "memory.usage_in_bytes", "memory.current");
        long used = long.Parse(usage.Value, CultureInfo.InvariantCulture);
        // A version 1 limit below what can't be reclaimed is refused: the file pages are what can be.
        long least = file.IsUnified ? Page : used - ReadFilePages(target) + (1 << 20);
        string value = (Math.Max(least, (long)(used * Share)) / Page * Page).ToString(CultureInfo.InvariantCulture);
        return Set(file, value, file.IsUnified
            ? $"memory.high {file.Value} becomes {value} of {used} in use: allocations are throttled and reclaim, nothing is killed"
            : $"memory.limit_in_bytes {file.Value} becomes {value} of {used} in use (version 1 has no memory.high): allocations reclaim, and growth is killed");
    }

    private long ReadFilePages(ChaosTarget target)
    {
        foreach (string line in Control(target, "memory", "memory.stat", "memory.stat").Value.Split('\n'))
            if (line.StartsWith("cache ", StringComparison.Ordinal))
                return long.Parse(line.AsSpan(6), CultureInfo.InvariantCulture);
        return 0;
    }
}
