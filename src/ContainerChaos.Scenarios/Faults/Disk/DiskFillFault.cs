using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Fills the file system that a path of the target is on, down to ENOSPC where that is the target's alone.</summary>
/// <param name="Path">A directory as the target sees it.</param>
/// <param name="Bytes">How much at most; 0 for all there is. A file system that the host lives on keeps a tenth of its size, and at least 1 GB.</param>
public sealed record DiskFillFault(string Path, long Bytes = 0) : FaultSpec
{
    private const long Least = 1L << 30;

    /// <inheritdoc/>
    public override string Name => "disk-fill";

    internal override FaultPlan Plan(ChaosTarget target)
    {
        string root = $"/proc/{target.Pid}/root";
        var drive = new DriveInfo(root + "/" + Path.TrimStart('/'));
        long free, size;
        bool isHosts;
        try
        {
            (free, size) = (drive.AvailableFreeSpace, drive.TotalSize);
            isHosts = IsHosts(target, drive);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ContainerException(ErrorReason.InvalidArgument, $"{target} has no directory '{Path}'.", target.Name, e) { Remedy = "Give a directory as the target sees it." };
        }

        long bytes = isHosts ? Math.Max(0, free - Math.Max(Least, size / 10)) : free;
        if (Bytes > 0)
            bytes = Math.Min(bytes, Bytes);
        if (bytes < 4096)
            throw new ContainerException(ErrorReason.DiskFull, $"{target}: the file system of '{Path}' has {ByteSize.Format(free)} left, which the host needs.", target.Name) { Remedy = "Choose a tmpfs or a volume of its own." };
        return new FaultPlan
        {
            Effect = $"{ByteSize.Format(bytes)} of {ByteSize.Format(free)} free on the file system of {Path} are taken by a file without a name (O_TMPFILE, fallocate(2)){(isHosts || bytes < free ? "" : ": writes fail with ENOSPC")}",
            Apply = [new FaultStep { Operation = FaultOperation.Fill, Path = root, Value = Path, Size = bytes }],
        };
    }

    // An overlay is as large as the disk that its upper layer is on: the host's, unless the layer has a disk of its own.
    private static bool IsHosts(ChaosTarget target, DriveInfo drive) =>
        drive.DriveFormat is "overlay" or "overlayfs" ? !(target.Container is { } own && File.Exists(System.IO.Path.Combine(own.RootPath, "disk.img"))) : IsHosts(drive);

    /// <summary>Whether a disk is one that the host lives on.</summary>
    internal static bool IsHosts(DriveInfo drive) => new DriveInfo("/").TotalSize == drive.TotalSize || new DriveInfo("/var").TotalSize == drive.TotalSize;
}
