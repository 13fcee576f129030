using System.Security.Cryptography;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Takes the inodes of the file system that a path of the target is on: nothing can be created, though there is space.</summary>
/// <param name="Path">A directory as the target sees it: on a tmpfs of the container, or in the upper layer of its root.</param>
/// <param name="Count">How many at most, 1 to 1,000,000.</param>
public sealed record InodeFault(string Path, int Count) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "inode";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        string inside = "/" + Path.Trim('/');
        TargetMount mount = TargetMount.Of(target, inside);
        string name = $"/.containerchaos-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        // The undo must find them when the target is gone: in the upper layer by the host's path; a tmpfs goes with its mount namespace.
        string root = (mount.Info.FileSystem, mount.Upper) switch
        {
            ("tmpfs", _) => $"/proc/{target.Pid}/root",
            ("overlay", { } upper) => upper,
            _ => throw new ContainerException(ErrorReason.NotSupported, $"{target}: '{Path}' is on {mount.Info.FileSystem}, where the files could outlive the target.", target.Name) { Remedy = "Choose a path on a tmpfs, or in the container's root." },
        };
        var step = new FaultStep { Operation = FaultOperation.MakeFiles, Path = root, Value = inside.TrimEnd('/') + name, Number = Count };
        return new FaultPlan
        {
            Effect = $"up to {Count} empty files in {inside.TrimEnd('/')}{name} ({mount.Info.FileSystem}): when its inodes are used up, creating fails with ENOSPC",
            Apply = [step],
            Undo = [step with { Operation = FaultOperation.RemoveFiles }],
        };
    }
}
