using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Leaves orphans to PID 1: they sleep until the fault ends, then PID 1 has that many children to reap at once. One that does not reap keeps them as zombies.</summary>
/// <param name="Count">How many, 1 to 10,000; fewer where the pids limit is reached before.</param>
public sealed record OrphanFault(int Count) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "orphan";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        target.OpenCgroup("pids", Name);
        return new FaultPlan
        {
            Effect = $"{Count} sleeping children are left to PID 1; they end with the fault, and PID 1 has to reap them",
            Load = new InjectedLoad { Kind = LoadKind.Orphans, Count = Count },
        };
    }
}
