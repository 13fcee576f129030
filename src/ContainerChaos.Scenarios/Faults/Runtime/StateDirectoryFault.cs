using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>
/// Makes the directory of a container read-only for its monitor and the engine (EROFS): its state, its log's rotation, its events. What runs goes on; what would have to be
/// written down fails with an error, or is kept in memory.
/// </summary>
public sealed record StateDirectoryFault : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "state-directory";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        if (target.Container is not { } container)
            throw new ContainerException(ErrorReason.NotSupported, $"{target} has no directory of ours.", target.Name) { Remedy = "Choose a container of New-Container." };
        if (OwnIdentity.User != 0)
            throw new ContainerException(ErrorReason.PermissionDenied, $"{target}: the fault {Name} mounts something, which the kernel lets root do.", target.Name) { Remedy = "Do it as root." };
        if (SealedDirectory.IsSealed(container.RootPath))
            throw new ContainerException(ErrorReason.InvalidState, $"{target}: its directory {container.RootPath} is a read-only mount already.", target.Name) { Remedy = "Unmount it, or undo the fault that has mounted it." };
        var step = new FaultStep { Operation = FaultOperation.SealDirectory, Path = container.RootPath };
        return new FaultPlan
        {
            Effect = $"a read-only mount lies over {container.RootPath}: EROFS for its monitor and the engine",
            Apply = [step],
            Undo = [step with { Operation = FaultOperation.UnsealDirectory }],
            Holds = [container.RootPath],
            OutlivesProcess = true,
        };
    }
}
