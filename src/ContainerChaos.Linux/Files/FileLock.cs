using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerChaos.Linux;

/// <summary>An advisory lock on a file (flock(2)) that is held until it is disposed or its process ends.</summary>
public sealed partial class FileLock : IDisposable
{
    private const int LOCK_SH = 1;
    private const int LOCK_EX = 2;

    private readonly SafeFileHandle _handle;

    private FileLock(SafeFileHandle handle) => _handle = handle;

    /// <summary>Waits for the lock that excludes every other holder. The file is created when it is missing.</summary>
    public static FileLock Exclusive(string path) =>
        TryAcquire(path, FileCalls.O_CREAT, LOCK_EX) ?? throw new ErrnoException(Errno.ENOENT, "open", path);

    /// <summary>Waits for the lock that excludes every other holder; null when the file does not exist (any more).</summary>
    public static FileLock? TryExclusive(string path) => TryAcquire(path, 0, LOCK_EX);

    /// <summary>Waits for a lock that excludes exclusive holders only. The file is created when it is missing.</summary>
    public static FileLock Shared(string path) =>
        TryAcquire(path, FileCalls.O_CREAT, LOCK_SH) ?? throw new ErrnoException(Errno.ENOENT, "open", path);

    /// <summary>Waits for a lock that excludes exclusive holders only; null when the file does not exist (any more).</summary>
    public static FileLock? TryShared(string path) => TryAcquire(path, 0, LOCK_SH);

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private static FileLock? TryAcquire(string path, int flags, int operation)
    {
        while (true)
        {
            var descriptor = FileCalls.open(path, FileCalls.O_RDONLY | FileCalls.O_CLOEXEC | flags, 0x180);
            if (descriptor < 0)
                return (Errno)Marshal.GetLastPInvokeError() == Errno.ENOENT && flags == 0 ? null : throw ErrnoException.Last("open", path);
            var handle = new SafeFileHandle(descriptor, ownsHandle: true);
            while (flock(handle, operation) != 0)
            {
                if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR)
                {
                    handle.Dispose();
                    throw ErrnoException.Last("flock", path);
                }
            }

            // While it waited, the holder may have removed or replaced the file: then this lock means nothing.
            var held = FileStatus.Read(handle);
            if (FileStatus.TryRead(path, out var named) && held.Inode == named.Inode && held.Device == named.Device)
                return new FileLock(handle);
            handle.Dispose();
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int flock(SafeFileHandle descriptor, int operation);
}
