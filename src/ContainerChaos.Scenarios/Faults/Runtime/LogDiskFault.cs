using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Fills the disk that the engine's files are on, the log of the container among them, down to ENOSPC. It has to be another one than the host's own.</summary>
public sealed record LogDiskFault : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "log-disk";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        if (target.Container is not { } container)
            throw new ContainerException(ErrorReason.NotSupported, $"{target} has no log of ours.", target.Name) { Remedy = "Choose a container of New-Container." };
        var drive = new DriveInfo(container.RootPath);
        if (DiskFillFault.IsHosts(drive))
        {
            throw new ContainerException(ErrorReason.NotSupported, $"{target}: its log is on a disk that the host lives on ({drive.Name}), which is never filled.", target.Name)
            {
                Remedy = "Have the engine's data root (CONTAINERCHAOS_ROOT) on a file system of its own: a volume, a loop device, a tmpfs.",
            };
        }

        long free = drive.AvailableFreeSpace;
        return new FaultPlan
        {
            Effect = $"{ByteSize.Format(free)} free on {drive.Name} are taken by a file without a name (O_TMPFILE, fallocate(2)): writes to the log fail with ENOSPC, and to every file of the engine there",
            Apply = [new FaultStep { Operation = FaultOperation.Fill, Path = container.RootPath, Value = ".", Size = free }],
            Holds = [$"the disk of {drive.Name}"],
            OutlivesProcess = true,
        };
    }
}
