using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerChaos.Linux;

/// <summary>Waits until something changes in one directory (inotify(7)). Changes between two waits are not lost.</summary>
public sealed class DirectoryWatch : IDisposable
{
    private const uint IN_MODIFY = 0x2;
    private const uint IN_MOVED_FROM = 0x40;
    private const uint IN_MOVED_TO = 0x80;
    private const uint IN_CREATE = 0x100;
    private const uint IN_DELETE_SELF = 0x400;
    private const uint IN_MOVE_SELF = 0x800;
    private const uint IN_ONLYDIR = 0x01000000;
    private const short POLLIN = 1;

    private readonly SafeFileHandle _inotify;
    private readonly SafeFileHandle _cancel;

    /// <summary>Starts to watch.</summary>
    /// <param name="directory">The directory; what is below its sub-directories is not watched.</param>
    /// <exception cref="ErrnoException">ENOENT; ENOSPC or EMFILE when the user's inotify limits are reached.</exception>
    public DirectoryWatch(string directory)
    {
        // IN_NONBLOCK and IN_CLOEXEC, EFD_NONBLOCK and EFD_CLOEXEC have the values of the open(2) flags.
        const int flags = FileCalls.O_NONBLOCK | FileCalls.O_CLOEXEC;
        _inotify = Own(FileCalls.inotify_init1(flags), "inotify_init1");
        try
        {
            _cancel = Own(FileCalls.eventfd(0, flags), "eventfd");
            const uint mask = IN_MODIFY | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;
            if (FileCalls.inotify_add_watch(_inotify, directory, mask) < 0)
                throw ErrnoException.Last("inotify_add_watch", directory);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Waits for the next change.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="other">A descriptor whose readability ends the wait too, such as a pidfd; null for none.</param>
    /// <returns>True after a change in the directory; false when only <paramref name="other"/> became readable.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public unsafe bool Wait(CancellationToken cancellationToken, SafeHandle? other = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var registration = cancellationToken.UnsafeRegister(static watch => ((DirectoryWatch)watch!).Wake(), this);
        var descriptors = stackalloc FileCalls.PollFd[3];
        descriptors[0] = new() { Descriptor = (int)_inotify.DangerousGetHandle(), Events = POLLIN };
        descriptors[1] = new() { Descriptor = (int)_cancel.DangerousGetHandle(), Events = POLLIN };
        descriptors[2] = new() { Descriptor = other is null ? -1 : (int)other.DangerousGetHandle(), Events = POLLIN };
        while (FileCalls.poll(descriptors, 3, -1) < 0)
        {
            if ((Errno)Marshal.GetLastPInvokeError() != Errno.EINTR)
                throw ErrnoException.Last("poll");
        }

        GC.KeepAlive(other);
        cancellationToken.ThrowIfCancellationRequested();
        if (descriptors[0].Returned == 0)
            return false;
        // The events say no more than "look again", so they are only taken off the queue.
        const int size = 4096;
        var buffer = stackalloc byte[size];
        while (FileCalls.read(_inotify, buffer, size) > 0)
        {
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _inotify.Dispose();
        _cancel?.Dispose();
    }

    private static SafeFileHandle Own(int descriptor, string call) =>
        descriptor < 0 ? throw ErrnoException.Last(call) : new SafeFileHandle(descriptor, ownsHandle: true);

    private unsafe void Wake()
    {
        var one = 1UL;
        FileCalls.write(_cancel, (byte*)&one, sizeof(ulong));
    }
}
