using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Has the OOM killer end a process of the target that is not PID 1: one of ours that takes memory until then.</summary>
/// <param name="Group">Also sets memory.oom.group, so that the kernel ends every process of the group with it (version 2 only).</param>
public sealed record OomChildFault(bool Group = false) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => Group ? "oom-group" : "oom-child";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        long limit = RequireMemoryLimit(target);
        var load = new InjectedLoad { Kind = LoadKind.ChildMemory, Count = 2 * limit };
        string effect = $"a process with oom_score_adj 1000 takes memory in the target's control group until the OOM killer ends it (limit {ByteSize.Format(limit)}); PID 1 ";
        if (!Group)
            return new FaultPlan { Effect = effect + "lives", Load = load };
        ControlFile file = Control(target, "memory", "memory.oom.group", "memory.oom.group");
        return Set(file, "1", effect + "is ended with it (memory.oom.group 1)") with { Load = load };
    }
}
