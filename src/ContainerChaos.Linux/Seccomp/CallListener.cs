using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>The listener of a seccomp filter, where its intercepted calls are received and answered (seccomp_unotify(2)).</summary>
/// <param name="descriptor">Its number, which this takes over.</param>
/// <remarks>When its last copy is closed, every intercepted call fails with ENOSYS, at once and for ever: no other listener can take its place.</remarks>
public sealed unsafe class CallListener(int descriptor) : FileDescriptor(descriptor)
{
    // _IOWR('!', 0, struct seccomp_notif), _IOWR('!', 1, struct seccomp_notif_resp), _IOW('!', 4, __u64).
    private const uint SECCOMP_IOCTL_NOTIF_RECV = 0xC0502100, SECCOMP_IOCTL_NOTIF_SEND = 0xC0182101, SECCOMP_IOCTL_NOTIF_SET_FLAGS = 0x40082104;

    /// <summary>Has a caller and whoever answers it wake each other on one processor (SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP, Linux 6.6), which halves what a call costs.</summary>
    /// <returns>False when the kernel does not know that.</returns>
    public bool TryWakeOnOneProcessor()
    {
        const int SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP = 1;
        return Control(SECCOMP_IOCTL_NOTIF_SET_FLAGS, SECCOMP_USER_NOTIF_FD_SYNC_WAKE_UP);
    }

    /// <summary>Waits for a call.</summary>
    /// <param name="call">Where it goes, in memory that is all zeros.</param>
    /// <returns>False when the caller was killed first, or a signal came.</returns>
    /// <exception cref="ErrnoException">Any other error.</exception>
    public bool Receive(InterceptedCall* call) => Control(SECCOMP_IOCTL_NOTIF_RECV, (nint)call)
        || ((Errno)Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.EINTR ? false : throw ErrnoException.Last("SECCOMP_IOCTL_NOTIF_RECV"));

    /// <summary>Lets a call happen.</summary>
    /// <returns>False when it does not wait any more: its caller was killed, or it has been answered.</returns>
    public bool Continue(ulong id)
    {
        const uint SECCOMP_USER_NOTIF_FLAG_CONTINUE = 1;
        return Send(id, error: 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
    }

    /// <summary>Has a call fail without happening.</summary>
    /// <returns>False when it does not wait any more.</returns>
    public bool Fail(ulong id, Errno errno) => Send(id, -(int)errno, flags: 0);

    private bool Send(ulong id, int error, uint flags)
    {
        // struct seccomp_notif_resp: id, val, error, flags.
        var response = stackalloc ulong[3];
        response[0] = id;
        response[1] = 0;
        ((int*)response)[4] = error;
        ((uint*)response)[5] = flags;
        return Control(SECCOMP_IOCTL_NOTIF_SEND, (nint)response);
    }

    private bool Control(uint request, nint argument) => Libc.SystemCall((nint)SystemCallNumber.ioctl, Number, unchecked((nint)request), argument) != -1;
}
