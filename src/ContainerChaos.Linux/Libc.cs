using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>
/// The one import of syscall(2). Calls that glibc 2.36 has no wrapper for go through it, and so does everything that
/// a freshly cloned child does, because there the call must be neither a GC transition nor an allocation.
/// </summary>
internal static unsafe partial class Libc
{
    internal const string Name = "libc";

    /// <summary>A system call of an ordinary thread; the errno is kept for <see cref="ErrnoException.Last"/>.</summary>
    [LibraryImport(Name, EntryPoint = "syscall", SetLastError = true)]
    internal static partial nint SystemCall(nint number, nint a0 = 0, nint a1 = 0, nint a2 = 0, nint a3 = 0, nint a4 = 0, nint a5 = 0);

    /// <summary>The same in a cloned child: no transition, no errno bookkeeping.</summary>
    [LibraryImport(Name, EntryPoint = "syscall")]
    [SuppressGCTransition]
    internal static partial nint RawSystemCall(nint number, nint a0, nint a1, nint a2, nint a3, nint a4, nint a5);

    /// <summary>A call that is repeated for as long as a signal interrupts it (signal(7), EINTR).</summary>
    internal static nint Retrying(nint number, nint a0 = 0, nint a1 = 0, nint a2 = 0, nint a3 = 0, nint a4 = 0, nint a5 = 0)
    {
        nint result;
        do
            result = SystemCall(number, a0, a1, a2, a3, a4, a5);
        while (result == -1 && Marshal.GetLastPInvokeError() == (int)Errno.EINTR);
        return result;
    }

    /// <summary>A call that must succeed.</summary>
    /// <exception cref="ErrnoException">It did not.</exception>
    internal static nint Checked(string call, string? subject, nint result) =>
        result == -1 ? throw ErrnoException.Last(call, subject) : result;
}
