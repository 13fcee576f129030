using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerChaos.Linux;

/// <summary>Waits until what was written can survive a loss of power (fsync(2), syncfs(2)).</summary>
public static partial class StableStorage
{
    /// <summary>A file with its content, or a directory with its names.</summary>
    /// <exception cref="ErrnoException">The path can't be opened, or the disk did not take it (EIO, ENOSPC).</exception>
    public static void Sync(string path)
    {
        using var handle = Open(path);
        if (fsync(handle) != 0)
            throw ErrnoException.Last("fsync", path);
    }

    /// <summary>Everything of the file system that a path is on: cheaper than each of ten thousand files.</summary>
    /// <exception cref="ErrnoException">As in <see cref="Sync"/>.</exception>
    public static void SyncFileSystem(string path)
    {
        using var handle = Open(path);
        if (syncfs(handle) != 0)
            throw ErrnoException.Last("syncfs", path);
    }

    private static SafeFileHandle Open(string path)
    {
        var descriptor = FileCalls.open(path, FileCalls.O_RDONLY | FileCalls.O_CLOEXEC, 0);
        return descriptor < 0 ? throw ErrnoException.Last("open", path) : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int fsync(SafeFileHandle descriptor);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int syncfs(SafeFileHandle descriptor);
}
