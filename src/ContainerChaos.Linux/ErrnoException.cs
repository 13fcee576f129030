using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>A system call failed: which one, on what, and with which error number.</summary>
public sealed class ErrnoException : Exception
{
    /// <summary>Makes the error of one call.</summary>
    /// <param name="errno">The error number.</param>
    /// <param name="call">The call by its native name, such as <c>mount</c>.</param>
    /// <param name="subject">The path, process or object it failed on; null where there is none.</param>
    public ErrnoException(Errno errno, string call, string? subject = null)
        : base(subject is null ? $"{call}: {Describe(errno)}" : $"{call} {subject}: {Describe(errno)}")
    {
        Errno = errno;
        Call = call;
        Subject = subject;
    }

    /// <summary>The error number.</summary>
    public Errno Errno { get; }

    /// <summary>The call by its native name.</summary>
    public string Call { get; }

    /// <summary>What it failed on, or null.</summary>
    public string? Subject { get; }

    /// <summary>An error number as people read it: <c>ENOSPC (No space left on device)</c>.</summary>
    public static string Describe(Errno errno) => $"{errno} ({Marshal.GetPInvokeErrorMessage((int)errno)})";

    /// <summary>What strerror(3) says of the error number.</summary>
    public string Reason => Marshal.GetPInvokeErrorMessage((int)Errno);

    /// <summary>The error of the call that just failed on this thread.</summary>
    internal static ErrnoException Last(string call, string? subject = null) =>
        new((Errno)Marshal.GetLastPInvokeError(), call, subject);
}
