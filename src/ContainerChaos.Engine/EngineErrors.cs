using System.Diagnostics.CodeAnalysis;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Turns what the file system and the kernel throw into the one exception family, with the way out.</summary>
internal static class EngineErrors
{
    /// <summary>True for the exceptions that <see cref="From"/> can say something about.</summary>
    public static bool IsEnvironmental(Exception error) => error is ErrnoException or IOException or UnauthorizedAccessException;

    /// <summary>Makes the error of an operation that failed on the disk or in the kernel.</summary>
    /// <param name="error">What was thrown.</param>
    /// <param name="operation">What could not be done, as in "cannot {operation}".</param>
    /// <param name="target">The container, image or path.</param>
    /// <param name="root">The data or run root that it happened in.</param>
    public static ContainerException From(Exception error, string operation, string target, string root)
    {
        var errno = error switch
        {
            ErrnoException e => e.Errno,
            UnauthorizedAccessException => Errno.EACCES,
            // .NET keeps the raw errno of a Unix call in HResult, except for those it has an exception type for.
            IOException { HResult: > 0 and < 200 } e => (Errno)e.HResult,
            _ => Errno.None,
        };
        var (reason, cause, remedy) = errno switch
        {
            Errno.ENOSPC or Errno.EDQUOT => (
                ErrorReason.DiskFull,
                $"the disk of {root} is full",
                $"Free space there ({FreeSpace(root)} left), remove images or containers, or set CONTAINERCHAOS_ROOT to a larger file system."),
            Errno.EACCES or Errno.EPERM => (
                ErrorReason.PermissionDenied,
                $"permission denied ({error.Message})",
                "Run as root, or set CONTAINERCHAOS_ROOT and CONTAINERCHAOS_RUN to folders of your own."),
            Errno.EROFS => (
                ErrorReason.PermissionDenied,
                $"{root} is on a read-only file system",
                "Set CONTAINERCHAOS_ROOT and CONTAINERCHAOS_RUN to folders that can be written."),
            Errno.EMFILE or Errno.ENFILE => (
                ErrorReason.KernelError,
                $"too many open files ({errno})",
                "Raise the limit with ulimit -n."),
            _ => (ErrorReason.KernelError, error.Message, (string?)null),
        };
        return new ContainerException(reason, $"Cannot {operation}: {cause}.", target, error) { Remedy = remedy, Errno = errno };
    }

    /// <summary>Throws an error with a remedy; it reads better than <c>throw new … { Remedy = … }</c> in an expression.</summary>
    [DoesNotReturn]
    public static void Throw(ErrorReason reason, string message, string? target, string? remedy = null) =>
        throw new ContainerException(reason, message, target) { Remedy = remedy };

    /// <summary>The error of one of a container's options, by the name that the cmdlets have for it.</summary>
    /// <param name="option">The name without the hyphen, <c>Ulimit</c>.</param>
    /// <param name="value">What was given.</param>
    /// <param name="problem">What is wrong with it, as the end of a sentence that begins with the value.</param>
    /// <param name="target">The container.</param>
    /// <param name="remedy">What would be right.</param>
    /// <param name="reason">By default InvalidArgument.</param>
    public static ContainerException Option(string option, object? value, string problem, string? target, string remedy, ErrorReason reason = ErrorReason.InvalidArgument) =>
        new(reason, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"-{option} '{value}' {problem}."), target) { Remedy = remedy };

    private static string FreeSpace(string root)
    {
        try
        {
            return ByteSize.Format(new DriveInfo(root).AvailableFreeSpace);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return "nothing";
        }
    }
}
