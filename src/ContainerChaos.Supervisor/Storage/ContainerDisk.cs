using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>The disk of a container whose writable layer has one of its own: a file with an ext4 in it.</summary>
/// <remarks>
/// It is mounted in no namespace but the container's, by a loop device that the kernel takes off with the last mount: nothing is left, whoever
/// dies. Two devices on one file would be two caches of one disk, so whoever wants it mounts the device that is there, under a lock.
/// </remarks>
public static class ContainerDisk
{
    /// <summary>The file system in it.</summary>
    public const string FileSystem = "ext4";

    /// <summary>Mounts it, beside whoever has it mounted already.</summary>
    /// <param name="paths">The container's.</param>
    /// <returns>The mount, which goes with its last descriptor. The writable layer is <c>upper</c> in it.</returns>
    /// <exception cref="ContainerException">NotSupported: there are no loop devices here.</exception>
    /// <exception cref="ErrnoException">The disk is damaged, or gone.</exception>
    public static FileDescriptor Open(ContainerPaths paths)
    {
        ArgumentNullException.ThrowIfNull(paths);
        using var attaching = FileLock.TryExclusive(paths.Disk) ?? throw new ErrnoException(Errno.ENOENT, "open", paths.Disk);
        using var device = LoopDevice.TryFind(paths.Disk) ?? Attach(paths);
        // What is deleted inside becomes a hole in the file again.
        return DetachedMount.Make(FileSystem, device.Path, "discard");
    }

    /// <summary>The overlay of a container, whose writable layer is a directory beside it or on its disk.</summary>
    internal static OverlayRoot OverlayOf(ContainerDefinition definition, ContainerPaths paths) => definition.Storage is { Project: 0 }
        ? new OverlayRoot(definition.LowerDirs, Path.Combine(paths.DiskPlace, "upper"), Path.Combine(paths.DiskPlace, "work"))
        {
            OpenDisk = () => Open(paths),
            DiskPlace = paths.DiskPlace,
        }
        : new OverlayRoot(definition.LowerDirs, paths.Upper, paths.Work);

    private static LoopDevice Attach(ContainerPaths paths)
    {
        try
        {
            return LoopDevice.Attach(paths.Disk);
        }
        catch (ErrnoException e) when (File.Exists(paths.Disk) && e.Errno is Errno.ENOENT or Errno.ENXIO or Errno.ENODEV or Errno.EPERM or Errno.EACCES)
        {
            throw new ContainerException(ErrorReason.NotSupported, $"The writable layer is limited by a disk of its own, which needs a loop device: {e.Message}.", Path.GetFileName(paths.ContainerDirectory), e)
            {
                Errno = e.Errno,
                Remedy = "Load the kernel's module loop, and run as root with /dev/loop-control; or put the data root on a file system with project quotas (mount option prjquota).",
            };
        }
    }
}
