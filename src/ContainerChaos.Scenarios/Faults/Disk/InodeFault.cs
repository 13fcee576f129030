using System.Security.Cryptography;
using ContainerChaos.Linux;
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
        MountInfo mount = MountInfo.Read($"/proc/{target.Pid}/mountinfo")
            .Where(m => inside == m.MountPoint || m.MountPoint == "/" || inside.StartsWith(m.MountPoint + "/", StringComparison.Ordinal)).MaxBy(m => m.MountPoint.Length)
            ?? throw new ContainerException(ErrorReason.InvalidArgument, $"{target} has no directory '{Path}'.", target.Name);
        string name = $"/.containerchaos-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        // The undo must find them when the target is gone: in the upper layer by the host's path; a tmpfs goes with its mount namespace.
        string root = (mount.FileSystem, UpperOf(mount)) switch
        {
            ("tmpfs", _) => $"/proc/{target.Pid}/root",
            ("overlay", { } upper) => upper,
            _ => throw new ContainerException(ErrorReason.NotSupported, $"{target}: '{Path}' is on {mount.FileSystem}, where the files could outlive the target.", target.Name) { Remedy = "Choose a path on a tmpfs, or in the container's root." },
        };
        var step = new FaultStep { Operation = FaultOperation.MakeFiles, Path = root, Value = inside.TrimEnd('/') + name, Number = Count };
        return new FaultPlan
        {
            Effect = $"up to {Count} empty files in {inside.TrimEnd('/')}{name} ({mount.FileSystem}): when its inodes are used up, creating fails with ENOSPC",
            Apply = [step],
            Undo = [step with { Operation = FaultOperation.RemoveFiles }],
        };
    }

    private static string? UpperOf(MountInfo mount) =>
        mount.SuperOptions.Split(',').FirstOrDefault(option => option.StartsWith("upperdir=", StringComparison.Ordinal))?["upperdir=".Length..];
}
