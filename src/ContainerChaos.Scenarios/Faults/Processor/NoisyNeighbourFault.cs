using System.Security.Cryptography;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>A neighbour that computes: beside the target, in a control group of its own with the default weight, competing for the host's processors.</summary>
/// <param name="Processors">How many threads compute, 1 to 256.</param>
public sealed record NoisyNeighbourFault(int Processors) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "noisy-neighbour";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        string above = Path.GetDirectoryName(target.CgroupPath) is { Length: > 1 } parent ? parent : throw new ContainerException(
            ErrorReason.NotSupported, $"{target}: beside its control group {target.CgroupPath} is the host's root group.", target.Name)
        {
            Remedy = "Choose a target whose group is below another, as containers' are.",
        };
        string path = $"{above}/neighbour-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        return new FaultPlan
        {
            Effect = $"{Processors} thread(s) compute without a pause in {path}, with the default weight",
            Apply = [new FaultStep { Operation = FaultOperation.MakeGroup, Path = path }],
            Undo = [new FaultStep { Operation = FaultOperation.RemoveGroup, Path = path }],
            Load = new InjectedLoad { Kind = LoadKind.Processor, Count = Processors, Group = path },
        };
    }
}
