using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// The lock that makes a monitor the only one of its container: flock(2) on a file in the run directory,
/// released by the kernel however the monitor ends.
/// </summary>
internal static class MonitorLock
{
    /// <summary>Takes the lock, also from a monitor that is just ending.</summary>
    /// <returns>Null when another monitor is alive and serves the container.</returns>
    /// <exception cref="ErrnoException">ETIMEDOUT: somebody holds the lock and does not answer.</exception>
    internal static FileDescriptor? Take(ContainerPaths paths)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            Directory.CreateDirectory(paths.RunDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var file = FileDescriptor.TryOpen(paths.Lock, OpenFlags.O_RDWR | OpenFlags.O_CREAT, 0x180 /* 0600 */, out var errno);
            if (file is not null && file.TryLock())
            {
                // A monitor that ended removed its file: a lock on a file that is no longer there guards nothing.
                if (file.IsSameFileAs(paths.Lock))
                    return file;
                file.Dispose();
                continue;
            }
            file?.Dispose();
            if (file is null && errno != Errno.ENOENT)
                throw new ErrnoException(errno, "open", paths.Lock);
            if (IsServed(paths))
                return null;
            if (Stopwatch.GetElapsedTime(started) > TimeSpan.FromSeconds(5))
                throw new ErrnoException(Errno.ETIMEDOUT, "flock", paths.Lock);
            // The holder is starting or ending, a matter of milliseconds that has no event of its own.
            Thread.Sleep(1);
        }
    }

    private static bool IsServed(ContainerPaths paths)
    {
        using var client = MonitorClient.TryConnect(paths);
        try
        {
            return client?.GetState() is not null;
        }
        catch (Runtime.ContainerException)
        {
            return false;
        }
    }
}
