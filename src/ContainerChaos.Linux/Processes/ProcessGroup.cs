using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>A process group (setpgid(2)): what a session's first process and its children are in together.</summary>
public static class ProcessGroup
{
    /// <summary>Sends a signal to every process of a group (kill(2)).</summary>
    /// <param name="leader">The group's id. It can't be another's while the caller has not reaped the process of that id.</param>
    /// <param name="signal">The signal.</param>
    /// <returns>False when there is no such group.</returns>
    public static bool SendSignal(int leader, int signal)
    {
        if (leader <= 1)
            throw new ArgumentOutOfRangeException(nameof(leader), leader, "It would be every process, or the own group.");
        if (Libc.SystemCall((nint)SystemCallNumber.kill, -leader, signal) == 0)
            return true;
        return Marshal.GetLastPInvokeError() == (int)Errno.ESRCH ? false : throw ErrnoException.Last("kill");
    }
}
