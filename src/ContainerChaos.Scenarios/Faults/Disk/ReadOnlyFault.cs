using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Makes the mount that a path of the target lies on read-only, as a kernel does with a damaged disk: writing fails with EROFS.</summary>
/// <param name="Path">The path as the target sees it: <c>/</c> for its root, or a volume.</param>
/// <remarks>Of the target's mount namespace only: the file system stays writable for everybody else. Linux refuses it while a file of it is open for writing.</remarks>
public sealed record ReadOnlyFault(string Path = "/") : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "read-only";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        if (!ProcessNamespace.TryReadInode(target.Pid, "mnt", out ulong inode) || !ProcessNamespace.TryReadInode(Environment.ProcessId, "mnt", out ulong own) || inode == own)
            throw new ContainerException(ErrorReason.NotSupported, $"{target}: it has no mount namespace of its own, so the fault {Name} would be done to the host.", target.Name) { Remedy = "Choose a container." };
        string inside = System.IO.Path.GetFullPath("/" + Path.TrimStart('/'));
        MountInfo mount = TargetMount.Of(target, inside).Info;
        if (mount.IsReadOnly)
            throw new ContainerException(ErrorReason.InvalidState, $"{target}: {mount.MountPoint} is read-only already.", target.Name) { Remedy = "Choose a path that can be written." };
        var step = new FaultStep { Operation = FaultOperation.SetReadOnly, Path = mount.MountPoint, Pid = target.Pid, PidStartTime = target.PidStartTime, Number = 1 };
        return new FaultPlan
        {
            Effect = $"MOUNT_ATTR_RDONLY set on {mount.MountPoint} ({mount.FileSystem}) in the target's mount namespace: writes fail with EROFS",
            Apply = [step],
            Undo = [step with { Number = 0 }],
            Holds = [$"{mount.MountPoint} in mount namespace {inode}"],
        };
    }
}
