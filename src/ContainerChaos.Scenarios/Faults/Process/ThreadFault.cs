using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Starts threads in the target's control group, which are charged to its pids limit like processes.</summary>
/// <param name="Count">How many, 1 to 10,000; fewer where the pids limit is reached before.</param>
public sealed record ThreadFault(int Count) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "thread";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        target.OpenCgroup("pids", Name);
        return new FaultPlan
        {
            Effect = $"{Count} sleeping threads in the target's pids control group",
            Load = new InjectedLoad { Kind = LoadKind.Threads, Count = Count },
        };
    }
}
