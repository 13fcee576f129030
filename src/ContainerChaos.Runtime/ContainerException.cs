using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>An operation on a container, an image or a limit failed: what, on what, why, and what to do about it.</summary>
public sealed class ContainerException : Exception
{
    /// <summary>Makes an error.</summary>
    /// <param name="reason">The class of failure.</param>
    /// <param name="message">What failed and why, in one sentence without the remedy.</param>
    /// <param name="target">The container, image or path it failed on.</param>
    /// <param name="innerException">The failing system call, where there is one.</param>
    public ContainerException(ErrorReason reason, string message, string? target = null, Exception? innerException = null)
        : base(message, innerException)
    {
        Reason = reason;
        Target = target;
        Errno = innerException is ErrnoException errno ? errno.Errno : Errno.None;
    }

    /// <summary>The class of failure.</summary>
    public ErrorReason Reason { get; }

    /// <summary>The container, image or path it failed on; null when the host itself is at fault.</summary>
    public string? Target { get; }

    /// <summary>What the caller can do about it, as an imperative sentence; null when there is nothing to suggest.</summary>
    public string? Remedy { get; init; }

    /// <summary>The error number of the failing system call, or <see cref="Errno.None"/>.</summary>
    public Errno Errno { get; init; }

    /// <summary>
    /// The exit code that a command line reports for this failure, as Docker does: 127 command not found,
    /// 126 not executable, 125 everything else.
    /// </summary>
    public int ExitCode => Reason switch
    {
        ErrorReason.CommandNotFound => 127,
        ErrorReason.CommandNotExecutable => 126,
        _ => 125,
    };
}
