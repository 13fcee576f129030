namespace ContainerChaos.Linux;

/// <summary>
/// What one process sets of another: for a process in a user namespace that this one is outside of, where the kernel
/// asks for the privileges of the initial one.
/// </summary>
public static unsafe class ProcessTuning
{
    /// <summary>IOPRIO_WHO_PROCESS of ioprio_set(2).</summary>
    public const int IOPRIO_WHO_PROCESS = 1;

    /// <summary>Reads one of this process's own resource limits.</summary>
    /// <param name="resource">RLIMIT_* by number.</param>
    /// <exception cref="ErrnoException">EINVAL: the kernel has no such limit.</exception>
    public static (ulong Soft, ulong Hard) ReadOwnLimit(int resource)
    {
        var limit = stackalloc ulong[2];
        Libc.Checked("prlimit64", null, Libc.SystemCall((nint)SystemCallNumber.prlimit64, 0, resource, 0, (nint)limit));
        return (limit[0], limit[1]);
    }

    /// <summary>Sets a resource limit (prlimit(2)).</summary>
    /// <exception cref="ErrnoException">EPERM: the hard limit was to be raised without CAP_SYS_RESOURCE.</exception>
    public static void SetLimit(int pid, int resource, ulong soft, ulong hard)
    {
        var limit = stackalloc ulong[2] { soft, hard };
        Libc.Checked("prlimit64", null, Libc.SystemCall((nint)SystemCallNumber.prlimit64, pid, resource, (nint)limit));
    }

    /// <summary>Sets the scheduling policy (sched_setattr(2)).</summary>
    /// <exception cref="ErrnoException">EPERM: CAP_SYS_NICE is missing, or for SCHED_DEADLINE some CPU is.</exception>
    public static void SetScheduler(int pid, SchedulerAttributes attributes) =>
        Libc.Checked("sched_setattr", null, Libc.SystemCall((nint)SystemCallNumber.sched_setattr, pid, (nint)(&attributes)));

    /// <summary>Sets the priority of I/O (ioprio_set(2)).</summary>
    /// <param name="pid">The process.</param>
    /// <param name="value">The class in bits 13 to 15, the priority in it below.</param>
    /// <exception cref="ErrnoException">EPERM: the real-time class without CAP_SYS_NICE or CAP_SYS_ADMIN.</exception>
    public static void SetIoPriority(int pid, int value) =>
        Libc.Checked("ioprio_set", null, Libc.SystemCall((nint)SystemCallNumber.ioprio_set, IOPRIO_WHO_PROCESS, pid, value));

    /// <summary>Reads a resource limit of another process (prlimit(2)).</summary>
    /// <exception cref="ErrnoException">ESRCH; EPERM: another user's process.</exception>
    public static (ulong Soft, ulong Hard) ReadLimit(int pid, int resource)
    {
        var limit = stackalloc ulong[2];
        Libc.Checked("prlimit64", null, Libc.SystemCall((nint)SystemCallNumber.prlimit64, pid, resource, 0, (nint)limit));
        return (limit[0], limit[1]);
    }

    /// <summary>The nice value of a thread, -20 to 19 (getpriority(2)).</summary>
    /// <exception cref="ErrnoException">ESRCH: there is none.</exception>
    public static int ReadNice(int thread) =>
        // The call itself returns 20 minus the value, so that it is never negative.
        20 - (int)Libc.Checked("getpriority", null, Libc.SystemCall((nint)SystemCallNumber.getpriority, 0, thread));

    /// <summary>Sets the nice value of every thread of a process (setpriority(2)); on Linux each has its own.</summary>
    /// <exception cref="ErrnoException">EACCES: a lower value without CAP_SYS_NICE; EPERM: another user's process.</exception>
    public static void SetNice(int pid, int value)
    {
        foreach (var directory in Threads(pid))
        {
            if (Libc.SystemCall((nint)SystemCallNumber.setpriority, 0, int.Parse(System.IO.Path.GetFileName(directory)), value) == -1
                && (Errno)System.Runtime.InteropServices.Marshal.GetLastPInvokeError() is var errno and not Errno.ESRCH)
                throw new ErrnoException(errno, "setpriority", $"{value} for process {pid}");
        }
    }

    /// <summary>Reaps one child that has ended, whichever it is (wait4(2), WNOHANG).</summary>
    /// <returns>False when none has.</returns>
    public static bool TryReapAny()
    {
        const int WNOHANG = 1;
        int status;
        return Libc.Retrying((nint)SystemCallNumber.wait4, -1, (nint)(&status), WNOHANG, 0) > 0;
    }

    /// <summary>Waits for the end of every child, and reaps them (wait4(2), until ECHILD).</summary>
    public static void ReapAll()
    {
        int status;
        while (Libc.Retrying((nint)SystemCallNumber.wait4, -1, (nint)(&status), 0, 0) > 0)
        {
        }
    }

    private static string[] Threads(int pid)
    {
        try
        {
            return Directory.GetDirectories($"/proc/{pid}/task");
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }
}
