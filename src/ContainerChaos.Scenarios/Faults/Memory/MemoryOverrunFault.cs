using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Leaks memory inside the target's control group until the OOM killer acts, which ends PID 1: its oom_score_adj is raised, and the leak itself is in no process's resident set.</summary>
/// <param name="Rate">Bytes a second; 0 for as fast as it can.</param>
public sealed record MemoryOverrunFault(long Rate = 0) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "memory-overrun";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        long limit = RequireMemoryLimit(target);
        string path = $"/proc/{target.Pid}/oom_score_adj";
        FaultStep step = FaultStep.Write(path, "1000") with { Pid = target.Pid, PidStartTime = target.PidStartTime };
        return new FaultPlan
        {
            Effect = $"shmem is charged to the target's memory control group ({(Rate > 0 ? ByteSize.Format(Rate) + " a second" : "as fast as it goes")}) until the OOM killer ends PID 1 (oom_score_adj 1000), limit {ByteSize.Format(limit)}",
            Apply = [step],
            Undo = [step with { Value = File.ReadAllText(path).Trim() }],
            Load = new InjectedLoad { Kind = LoadKind.Memory, Count = 2 * limit, Rate = Rate },
            Holds = [path],
        };
    }
}
