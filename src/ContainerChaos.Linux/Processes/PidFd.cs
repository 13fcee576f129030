using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>A process, held by a descriptor (pidfd_open(2)): a reused PID can never take its place.</summary>
public sealed unsafe class PidFd : FileDescriptor
{
    private const int P_PIDFD = 3, WNOHANG = 1, WEXITED = 4;

    internal PidFd(int descriptor)
        : base(descriptor)
    {
    }

    /// <summary>Opens a process by its PID. Whether it is still the one that was meant is the caller's question: compare start times after opening.</summary>
    /// <exception cref="ErrnoException">ESRCH: there is none.</exception>
    public static PidFd Open(int pid) => TryOpen(pid) ?? throw ErrnoException.Last("pidfd_open", pid.ToString());

    /// <summary>As <see cref="Open"/>, with null when there is no such process.</summary>
    public static PidFd? TryOpen(int pid)
    {
        var descriptor = Libc.SystemCall((nint)SystemCallNumber.pidfd_open, pid);
        return descriptor == -1 ? null : new PidFd((int)descriptor);
    }

    /// <summary>Opens the process that a PID and a start time name; null when that one is gone, whoever has its number now.</summary>
    /// <param name="pid">The PID.</param>
    /// <param name="startTime">Its start time, see <see cref="ProcessStat.StartTime"/>.</param>
    public static PidFd? TryOpen(int pid, ulong startTime)
    {
        // Held first, verified then: from here on the PID can't become another process.
        var process = pid > 0 ? TryOpen(pid) : null;
        if (process is null || ProcessStat.TryReadStartTime(pid) == startTime)
            return process;
        process.Dispose();
        return null;
    }

    /// <summary>Sends a signal (pidfd_send_signal(2)).</summary>
    /// <returns>False when the process has ended and been reaped (ESRCH).</returns>
    /// <exception cref="ErrnoException">EPERM, or EINVAL for a number that is no signal.</exception>
    public bool SendSignal(int signal)
    {
        if (Libc.SystemCall((nint)SystemCallNumber.pidfd_send_signal, Number, signal) == 0)
            return true;
        return Marshal.GetLastPInvokeError() == (int)Errno.ESRCH ? false : throw ErrnoException.Last("pidfd_send_signal");
    }

    /// <summary>A copy of one of its descriptors (pidfd_getfd(2), Linux 5.6).</summary>
    /// <returns>Null when it has ended, has no such descriptor, or may not be traced by this process.</returns>
    public FileDescriptor? TryOpenDescriptor(int number)
    {
        var copy = Libc.SystemCall((nint)SystemCallNumber.pidfd_getfd, Number, number);
        return copy == -1 ? null : new FileDescriptor((int)copy);
    }

    /// <summary>Waits for the end of a child and reaps it (waitid(2), P_PIDFD).</summary>
    /// <returns>The exit code, 128+n after signal n.</returns>
    public int WaitForExit() => Wait(WEXITED) ?? -1;

    /// <summary>Waits until the process has ended, child or not; nothing is reaped (poll(2)).</summary>
    /// <returns>False when the time is over first.</returns>
    public bool WaitForEnd(TimeSpan timeout)
    {
        using var poll = new EventPoll();
        poll.Add(this, EventPollFlags.EPOLLIN, 0);
        var ended = false;
        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!ended && (timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - System.Diagnostics.Stopwatch.GetElapsedTime(started)) is var left && (left > TimeSpan.Zero || timeout == Timeout.InfiniteTimeSpan))
            poll.Wait(left, (_, _) => ended = true);
        return ended;
    }

    /// <summary>Reaps a child if it has ended.</summary>
    /// <returns>The exit code, 128+n after signal n; null while it lives.</returns>
    public int? TryReap() => Wait(WEXITED | WNOHANG);

    /// <summary>How a process ended that need not be a child (PIDFD_GET_INFO with PIDFD_INFO_EXIT, Linux 6.15).</summary>
    /// <param name="exitCode">The exit code, 128+n after signal n, when it is known.</param>
    public PidFdExitInfo TryReadExitInfo(out int exitCode)
    {
        // struct pidfd_info: mask, cgroupid, then pid, tgid, ppid, four uids and four gids, exit_code; 64 bytes.
        // PIDFD_GET_INFO is _IOWR(0xFF, 11, struct pidfd_info).
        const long PIDFD_INFO_EXIT = 8;
        const uint PIDFD_GET_INFO = 0xC040FF0B;
        const int size = 64, exitCodeOffset = 60;
        var info = stackalloc byte[size];
        new Span<byte>(info, size).Clear();
        *(long*)info = PIDFD_INFO_EXIT;
        exitCode = 0;
        if (Libc.SystemCall((nint)SystemCallNumber.ioctl, Number, unchecked((nint)PIDFD_GET_INFO), (nint)info) == -1)
            return (Errno)Marshal.GetLastPInvokeError() is Errno.ESRCH ? PidFdExitInfo.NotYet : PidFdExitInfo.NotSupported;
        if ((*(long*)info & PIDFD_INFO_EXIT) == 0)
            return ExitInfoIsKnownToKernel() ? PidFdExitInfo.NotYet : PidFdExitInfo.NotSupported;
        exitCode = ToExitCode(*(int*)(info + exitCodeOffset));
        return PidFdExitInfo.Known;
    }

    /// <summary>A raw wait status (waitpid(2)): a signal's number in the low seven bits, or the code above them.</summary>
    /// <returns>The exit code, 128+n after signal n.</returns>
    internal static int ToExitCode(int status) => (status & 0x7F) == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F);

    private static bool ExitInfoIsKnownToKernel() =>
        Environment.OSVersion.Version is var version && (version.Major > 6 || (version.Major == 6 && version.Minor >= 15));

    private int? Wait(int options)
    {
        // siginfo_t: si_signo, si_errno, si_code, then for SIGCHLD si_pid, si_uid, si_status (sigaction(2)).
        var info = stackalloc int[32];
        info[0] = 0;
        Libc.Checked("waitid", null, Libc.Retrying((nint)SystemCallNumber.waitid, P_PIDFD, Number, (nint)info, options));
        if (info[0] == 0)
            return null;
        const int CLD_EXITED = 1;
        return info[2] == CLD_EXITED ? info[6] : 128 + info[6];
    }
}
