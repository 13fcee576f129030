using System.Management.Automation;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.PowerShell;

/// <summary>
/// Failures as PowerShell reports them: the id is the reason's name, so it stays the same when a message is reworded;
/// the remedy is the recommended action.
/// </summary>
internal static class ErrorRecords
{
    /// <summary>Whether a failure is the target's (reported, the next target goes on) rather than PowerShell's own or a stop.</summary>
    public static bool IsReportable(Exception e) => e is not (
        OperationCanceledException or PipelineStoppedException or FlowControlException or RuntimeException or OutOfMemoryException);

    /// <summary>The record of a failure.</summary>
    /// <param name="e">What failed.</param>
    /// <param name="target">The name the user gave; the exception's own target when null.</param>
    public static ErrorRecord From(Exception e, object? target)
    {
        var (id, category) = e switch
        {
            ContainerException container => (container.Reason.ToString(), CategoryOf(container.Reason)),
            ErrnoException => (nameof(ErrorReason.KernelError), ErrorCategory.NotSpecified),
            UnauthorizedAccessException => (nameof(ErrorReason.PermissionDenied), ErrorCategory.PermissionDenied),
            FileNotFoundException or DirectoryNotFoundException => ("PathNotFound", ErrorCategory.ObjectNotFound),
            IOException => ("InputOutputError", ErrorCategory.ReadError),
            _ => ("UnexpectedError", ErrorCategory.NotSpecified),
        };
        var record = new ErrorRecord(e, id, category, target ?? (e as ContainerException)?.Target);
        if (e is ContainerException { Remedy: { } remedy })
            record.ErrorDetails = new ErrorDetails(e.Message) { RecommendedAction = remedy };
        return record;
    }

    private static ErrorCategory CategoryOf(ErrorReason reason) => reason switch
    {
        ErrorReason.InvalidArgument or ErrorReason.InvalidName or ErrorReason.LimitTooLow => ErrorCategory.InvalidArgument,
        ErrorReason.NameInUse => ErrorCategory.ResourceExists,
        ErrorReason.ContainerNotFound or ErrorReason.ImageNotFound or ErrorReason.NetworkNotFound or ErrorReason.VolumeNotFound or ErrorReason.CommandNotFound or ErrorReason.PathNotFound or ErrorReason.FaultNotFound => ErrorCategory.ObjectNotFound,
        ErrorReason.ImageInUse or ErrorReason.NetworkInUse or ErrorReason.VolumeInUse or ErrorReason.AddressInUse or ErrorReason.PortInUse => ErrorCategory.ResourceBusy,
        ErrorReason.InvalidImage or ErrorReason.StoreDamaged => ErrorCategory.InvalidData,
        ErrorReason.CommandNotExecutable or ErrorReason.PermissionDenied => ErrorCategory.PermissionDenied,
        ErrorReason.NotSupported => ErrorCategory.NotImplemented,
        ErrorReason.DiskFull or ErrorReason.PidTableFull => ErrorCategory.ResourceUnavailable,
        ErrorReason.InvalidState => ErrorCategory.InvalidOperation,
        ErrorReason.MonitorLost or ErrorReason.RegistryError => ErrorCategory.ConnectionError,
        ErrorReason.Timeout => ErrorCategory.OperationTimeout,
        ErrorReason.StartFailed => ErrorCategory.InvalidResult,
        _ => ErrorCategory.NotSpecified,
    };
}
