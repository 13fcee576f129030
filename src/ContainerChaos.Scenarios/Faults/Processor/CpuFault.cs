using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Burns processor time inside the target's control group, out of its own quota.</summary>
/// <param name="Processors">How many threads compute, 1 to 256.</param>
public sealed record CpuFault(int Processors) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "cpu";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        target.OpenCgroup("cpu", Name);
        return new FaultPlan
        {
            Effect = $"{Processors} thread(s) compute without a pause in the target's cpu control group",
            Load = new InjectedLoad { Kind = LoadKind.Processor, Count = Processors },
        };
    }
}
