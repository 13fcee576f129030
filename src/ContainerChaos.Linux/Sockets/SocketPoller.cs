using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerChaos.Linux;

/// <summary>Waits for many sockets at once with a time limit in nanoseconds, and can be woken by another thread.</summary>
/// <remarks>epoll(7), level-triggered, with epoll_pwait2(2) (kernel 5.11, glibc 2.35); the wake-up is an eventfd(2).</remarks>
public sealed partial class SocketPoller : SafeHandleMinusOneIsInvalid
{
    /// <summary>Something can be read, or the stream has ended (EPOLLIN).</summary>
    public const uint Readable = 0x1;

    /// <summary>There is room to write, or a connect has finished (EPOLLOUT).</summary>
    public const uint Writable = 0x4;

    /// <summary>An error is pending (EPOLLERR).</summary>
    public const uint Error = 0x8;

    /// <summary>Both directions are shut (EPOLLHUP).</summary>
    public const uint HangUp = 0x10;

    /// <summary>The token that <see cref="Wait"/> reports for a <see cref="Wake"/>.</summary>
    public const ulong WakeToken = ulong.MaxValue;

    private const int EPOLL_CTL_ADD = 1;
    private const int EPOLL_CTL_MOD = 3;
    private const int EPOLL_CLOEXEC = 0x80000;
    private const int EFD_CLOEXEC = 0x80000;
    private const int EFD_NONBLOCK = 0x800;
    private const int BatchSize = 64;

    // struct epoll_event is packed on x86-64 only (bits/epoll.h).
    private static readonly bool s_packed = RuntimeInformation.ProcessArchitecture == Architecture.X64;
    private static readonly int s_stride = s_packed ? 12 : 16;
    private static readonly int s_dataOffset = s_packed ? 4 : 8;

    private readonly byte[] _events = new byte[BatchSize * 16];
    private readonly int _wake;

    /// <summary>Creates an empty set.</summary>
    /// <exception cref="ErrnoException">epoll_create1(2) or eventfd(2) failed, EMFILE for example.</exception>
    public SocketPoller()
        : base(ownsHandle: true)
    {
        int fd = epoll_create1(EPOLL_CLOEXEC);
        if (fd < 0)
            throw ErrnoException.Last("epoll_create1");
        SetHandle(fd);
        _wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (_wake < 0)
            throw ErrnoException.Last("eventfd");
        Control(EPOLL_CTL_ADD, _wake, Readable, WakeToken);
    }

    /// <summary>Watches a socket until it is closed.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="events"><see cref="Readable"/> and <see cref="Writable"/>; errors are always reported.</param>
    /// <param name="token">What <see cref="Wait"/> reports for it.</param>
    public void Add(StreamSocket socket, uint events, ulong token)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Control(EPOLL_CTL_ADD, (int)socket.DangerousGetHandle(), events, token);
    }

    /// <summary>Changes what a watched socket is watched for.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="events"><see cref="Readable"/> and <see cref="Writable"/>.</param>
    /// <param name="token">What <see cref="Wait"/> reports for it.</param>
    public void Modify(StreamSocket socket, uint events, ulong token)
    {
        ArgumentNullException.ThrowIfNull(socket);
        Control(EPOLL_CTL_MOD, (int)socket.DangerousGetHandle(), events, token);
    }

    /// <summary>Waits until a socket is ready, <see cref="Wake"/> is called, or the time is over.</summary>
    /// <param name="ready">Where the tokens and their events go.</param>
    /// <param name="nanoseconds">How long at most; 0 or less only looks.</param>
    /// <returns>How many entries of <paramref name="ready"/> were filled; 0 when the time is over or a signal arrived.</returns>
    /// <exception cref="ErrnoException">epoll_pwait2(2) failed.</exception>
    public int Wait(Span<(ulong Token, uint Events)> ready, long nanoseconds)
    {
        long limit = Math.Max(0, nanoseconds);
        var timeout = new TimeSpec { Seconds = (nint)(limit / 1_000_000_000), Nanoseconds = (nint)(limit % 1_000_000_000) };
        int count = epoll_pwait2(this, ref _events[0], Math.Min(BatchSize, ready.Length), in timeout, 0);
        if (count < 0)
            return (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR ? 0 : throw ErrnoException.Last("epoll_pwait2");
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> entry = _events.AsSpan(i * s_stride, s_stride);
            ready[i] = (MemoryMarshal.Read<ulong>(entry[s_dataOffset..]), MemoryMarshal.Read<uint>(entry));
            if (ready[i].Token == WakeToken)
                _ = read(_wake, out _, sizeof(ulong));
        }

        return count;
    }

    /// <summary>Ends a <see cref="Wait"/> of another thread, or the next one.</summary>
    public void Wake()
    {
        ulong one = 1;
        _ = write(_wake, in one, sizeof(ulong));
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        if (_wake > 0)
            _ = close(_wake);
        return close((int)handle) == 0;
    }

    private void Control(int operation, int fd, uint events, ulong token)
    {
        Span<byte> entry = stackalloc byte[16];
        MemoryMarshal.Write(entry, in events);
        MemoryMarshal.Write(entry[s_dataOffset..], in token);
        if (epoll_ctl(this, operation, fd, in MemoryMarshal.GetReference(entry)) != 0)
            throw ErrnoException.Last("epoll_ctl");
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_create1(int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_ctl(SocketPoller epfd, int operation, int fd, in byte entry);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int epoll_pwait2(SocketPoller epfd, ref byte events, int maximum, in TimeSpec timeout, nint mask);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint value, int flags);

    [LibraryImport("libc")]
    private static partial nint read(int fd, out ulong value, nuint count);

    [LibraryImport("libc")]
    private static partial nint write(int fd, in ulong value, nuint count);

    [LibraryImport("libc")]
    private static partial int close(int fd);

    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
