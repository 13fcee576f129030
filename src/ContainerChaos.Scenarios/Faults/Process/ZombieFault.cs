using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Fills the target's PID table with zombies: children that have ended and that their parent, a process of ours in the target's control group, does not reap.</summary>
/// <param name="Count">How many, 1 to 10,000; fewer where the pids limit is reached before.</param>
public sealed record ZombieFault(int Count) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "zombie";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        target.OpenCgroup("pids", Name);
        return new FaultPlan
        {
            Effect = $"{Count} zombies in the target's PID namespace and pids control group, which their parent (ours) does not reap",
            Load = new InjectedLoad { Kind = LoadKind.Zombies, Count = Count },
        };
    }
}
