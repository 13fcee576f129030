using ContainerChaos.Linux;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Drops the target's page cache: what it reads next comes from the disk.</summary>
public sealed record EvictPageCacheFault : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "evict-page-cache";

    /// <inheritdoc/>
    public override bool IsInstant => true;

    internal override FaultPlan Plan(ChaosTarget target)
    {
        ControlFile usage = Control(target, "memory", "memory.usage_in_bytes", "memory.current");
        string path = Path.Combine(Path.GetDirectoryName(usage.Path)!, usage.IsUnified ? "memory.reclaim" : "memory.force_empty");
        // cgroup-v2.rst: fewer bytes reclaimed than asked for is EAGAIN, and all of them are asked for.
        FaultStep step = FaultStep.Write(path, usage.IsUnified ? usage.Value : "0") with { Number = usage.IsUnified ? (int)Errno.EAGAIN : (int)Errno.EBUSY };
        return new FaultPlan { Effect = $"'{step.Value}' written to {Path.GetFileName(path)}: the kernel reclaims what it can of {usage.Value} bytes", Apply = [step] };
    }
}
