using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerChaos.Linux;

/// <summary>An open file description's number, closed when it is disposed. Every one is made close-on-exec.</summary>
public class FileDescriptor : SafeHandleMinusOneIsInvalid
{
    /// <summary>Takes over an open descriptor.</summary>
    public FileDescriptor(int descriptor)
        : base(ownsHandle: true) => SetHandle(descriptor);

    /// <summary>The descriptor's number; valid while the object is.</summary>
    public int Number => (int)handle;

    /// <summary>Opens a file, always with O_CLOEXEC (open(2)).</summary>
    /// <exception cref="ErrnoException">The file can't be opened.</exception>
    public static FileDescriptor Open(string path, OpenFlags flags, int mode = 0) =>
        TryOpen(path, flags, mode, out var errno) ?? throw new ErrnoException(errno, "open", path);

    /// <summary>As <see cref="Open"/>, with null and the error number instead of an exception.</summary>
    public static unsafe FileDescriptor? TryOpen(string path, OpenFlags flags, int mode, out Errno errno)
    {
        using var native = new NativeString(path);
        var result = Libc.Retrying((nint)SystemCallNumber.openat, NativeConstants.AT_FDCWD, native.Address, (nint)(flags | OpenFlags.O_CLOEXEC), mode);
        errno = result == -1 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
        return result == -1 ? null : new FileDescriptor((int)result);
    }

    /// <summary>Makes a pipe whose ends are both close-on-exec (pipe2(2)).</summary>
    /// <returns>The end to read from and the end to write to.</returns>
    public static unsafe (FileDescriptor Read, FileDescriptor Write) Pipe()
    {
        var ends = stackalloc int[2];
        Libc.Checked("pipe2", null, Libc.SystemCall((nint)SystemCallNumber.pipe2, (nint)ends, (nint)OpenFlags.O_CLOEXEC));
        return (new FileDescriptor(ends[0]), new FileDescriptor(ends[1]));
    }

    /// <summary>A copy of a descriptor, close-on-exec (fcntl(2), F_DUPFD_CLOEXEC).</summary>
    /// <param name="descriptor">The descriptor.</param>
    /// <param name="minimum">The lowest number that the copy may get.</param>
    public static FileDescriptor Duplicate(int descriptor, int minimum = 0)
    {
        const int F_DUPFD_CLOEXEC = 1030;
        return new FileDescriptor((int)Libc.Checked("fcntl", null, Libc.SystemCall((nint)SystemCallNumber.fcntl, descriptor, F_DUPFD_CLOEXEC, minimum)));
    }

    /// <summary>A file in memory with a content, read from its start (memfd_create(2)).</summary>
    public static unsafe FileDescriptor Memory(string name, ReadOnlySpan<byte> content)
    {
        const int MFD_CLOEXEC = 1;
        using var native = new NativeString(name);
        var file = new FileDescriptor((int)Libc.Checked("memfd_create", name, Libc.SystemCall((nint)SystemCallNumber.memfd_create, native.Address, MFD_CLOEXEC)));
        file.Write(content);
        Libc.Checked("lseek", name, Libc.SystemCall((nint)SystemCallNumber.lseek, file.Number));
        return file;
    }

    /// <summary>Reads once (read(2)); EINTR is repeated.</summary>
    /// <returns>The bytes read, 0 at the end of the file, or -1 when a non-blocking descriptor has nothing (EAGAIN).</returns>
    /// <exception cref="ErrnoException">Any other error.</exception>
    public unsafe int Read(Span<byte> buffer)
    {
        fixed (byte* data = buffer)
        {
            var result = Libc.Retrying((nint)SystemCallNumber.read, Number, (nint)data, buffer.Length);
            if (result == -1 && Marshal.GetLastPInvokeError() != (int)Errno.EAGAIN)
                throw ErrnoException.Last("read");
            return (int)result;
        }
    }

    /// <summary>Reads from the file's start, wherever the position is (pread(2)).</summary>
    public unsafe int ReadFromStart(Span<byte> buffer)
    {
        fixed (byte* data = buffer)
            return (int)Libc.Checked("pread64", null, Libc.Retrying((nint)SystemCallNumber.pread64, Number, (nint)data, buffer.Length, 0));
    }

    /// <summary>Reads until the buffer is full or the file ends, and returns how many bytes that were.</summary>
    public int ReadFully(Span<byte> buffer)
    {
        var total = 0;
        while (total < buffer.Length && Read(buffer[total..]) is > 0 and var count)
            total += count;
        return total;
    }

    /// <summary>Writes all of a buffer to a blocking descriptor (write(2)); short writes and EINTR are continued.</summary>
    /// <exception cref="ErrnoException">The write failed.</exception>
    public unsafe void Write(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* data = buffer)
        {
            for (var written = 0; written < buffer.Length;)
            {
                var result = Libc.Retrying((nint)SystemCallNumber.write, Number, (nint)(data + written), buffer.Length - written);
                written += (int)Libc.Checked("write", null, result);
            }
        }
    }

    /// <summary>Writes as much as a non-blocking descriptor takes (write(2)).</summary>
    /// <returns>The bytes written, or -1 when it takes none now (EAGAIN).</returns>
    /// <exception cref="ErrnoException">Any other error; EPIPE when nobody reads any more.</exception>
    public unsafe int WriteSome(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* data = buffer)
        {
            var result = Libc.Retrying((nint)SystemCallNumber.write, Number, (nint)data, buffer.Length);
            if (result == -1 && Marshal.GetLastPInvokeError() != (int)Errno.EAGAIN)
                throw ErrnoException.Last("write");
            return (int)result;
        }
    }

    /// <summary>Makes the open file non-blocking, for all who share it (fcntl(2), O_NONBLOCK).</summary>
    public void SetNonBlocking()
    {
        const int F_GETFL = 3, F_SETFL = 4;
        var flags = Libc.Checked("fcntl", null, Libc.SystemCall((nint)SystemCallNumber.fcntl, Number, F_GETFL));
        Libc.Checked("fcntl", null, Libc.SystemCall((nint)SystemCallNumber.fcntl, Number, F_SETFL, flags | (nint)OpenFlags.O_NONBLOCK));
    }

    /// <summary>Says that nothing more is sent through a socket; the other side reads the end of the file (shutdown(2), SHUT_WR).</summary>
    public void EndOfInput()
    {
        const int SHUT_WR = 1;
        Libc.SystemCall((nint)SystemCallNumber.shutdown, Number, SHUT_WR);
    }

    /// <summary>Reserves disk space for the file (fallocate(2)), which takes no time and is given back when the file's last descriptor and name are gone.</summary>
    /// <exception cref="ErrnoException">ENOSPC, EDQUOT: there is not so much; EOPNOTSUPP: the file system can't.</exception>
    /// <param name="offset">Where it begins.</param>
    /// <param name="bytes">How much.</param>
    public void Allocate(long offset, long bytes) =>
        Libc.Checked("fallocate", null, Libc.Retrying((nint)SystemCallNumber.fallocate, Number, 0, (nint)offset, (nint)bytes));

    /// <summary>Cuts the file off (ftruncate(2)).</summary>
    /// <param name="length">How many bytes stay.</param>
    public void Truncate(long length) => Libc.Checked("ftruncate", null, Libc.Retrying((nint)SystemCallNumber.ftruncate, Number, (nint)length));

    /// <summary>Takes an exclusive lock that dies with the last copy of this descriptor (flock(2)).</summary>
    /// <returns>False when another open file description holds it.</returns>
    public bool TryLock()
    {
        const int LOCK_EX = 2, LOCK_NB = 4;
        if (Libc.Retrying((nint)SystemCallNumber.flock, Number, LOCK_EX | LOCK_NB) == 0)
            return true;
        return Marshal.GetLastPInvokeError() == (int)Errno.EAGAIN ? false : throw ErrnoException.Last("flock");
    }

    /// <summary>Gives the lock up at once, though a clone may still have a copy of this descriptor (flock(2), LOCK_UN).</summary>
    public void Unlock()
    {
        const int LOCK_UN = 8;
        Libc.Checked("flock", null, Libc.SystemCall((nint)SystemCallNumber.flock, Number, LOCK_UN));
    }

    /// <summary>Whether a path leads to the very file that is open here.</summary>
    public bool IsSameFileAs(string path)
    {
        var here = FileStatus.Read(this);
        return FileStatus.TryRead(path, out var there) && there.Device == here.Device && there.Inode == here.Inode;
    }

    /// <summary>Changes the owner and the group of the open file (fchown(2)); the group stays when none is given.</summary>
    public void SetOwner(uint user, uint group = uint.MaxValue) =>
        Libc.Checked("fchown", null, Libc.SystemCall((nint)SystemCallNumber.fchown, Number, unchecked((nint)user), unchecked((nint)group)));

    /// <summary>Sets close-on-exec on a descriptor that was inherited without it (fcntl(2), FD_CLOEXEC).</summary>
    public void SetCloseOnExec()
    {
        const int F_SETFD = 2, FD_CLOEXEC = 1;
        Libc.Checked("fcntl", null, Libc.SystemCall((nint)SystemCallNumber.fcntl, Number, F_SETFD, FD_CLOEXEC));
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        // close(2): after EINTR the descriptor is closed all the same on Linux, so it is never repeated.
        Libc.SystemCall((nint)SystemCallNumber.close, handle);
        return true;
    }
}
