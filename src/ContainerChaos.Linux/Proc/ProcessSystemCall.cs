using System.Buffers.Text;

namespace ContainerChaos.Linux;

/// <summary>Tells which system call a blocked process is in.</summary>
public static class ProcessSystemCall
{
    /// <summary>Whether the main thread waits for signals in rt_sigtimedwait(2), as sigwait(3), sigwaitinfo(2) and most container inits do.</summary>
    /// <remarks>The signals waited for are taken out of the blocked set meanwhile, so <c>SigBlk</c> does not show them.</remarks>
    /// <param name="pid">The PID.</param>
    /// <returns>False too when the process is gone or may not be traced.</returns>
    // proc_pid_syscall(5): the system call number, its six argument registers, stack pointer and program counter; -1 and the
    // latter two if blocked but not in a system call; the string "running" if not blocked.
    public static bool IsWaitingForSignals(int pid)
    {
        Span<byte> buffer = stackalloc byte[256];
        var length = ProcFile.TryRead(pid, "syscall"u8, buffer);
        return length > 0 && Utf8Parser.TryParse(buffer[..length], out int number, out _) && number == (int)SystemCallNumber.rt_sigtimedwait;
    }
}
