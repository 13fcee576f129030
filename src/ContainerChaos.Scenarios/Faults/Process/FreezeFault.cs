using ContainerChaos.Linux;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Freezes every process of the target by the freezer of its control group: sockets stay open, nobody answers, and no signal but SIGKILL does anything.</summary>
public sealed record FreezeFault : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "freeze";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        ProcessCgroup cgroup = target.OpenCgroup("freezer", Name);
        string directory = cgroup.Find("freezer")!;
        var step = new FaultStep { Operation = FaultOperation.Freeze, Path = directory };
        return new FaultPlan
        {
            Effect = cgroup.IsUnified("freezer") ? $"1 written to {directory}/cgroup.freeze" : $"FROZEN written to {directory}/freezer.state",
            Apply = [step],
            Undo = [step with { Operation = FaultOperation.Thaw }],
            Holds = [directory + "/freezer"],
        };
    }
}
