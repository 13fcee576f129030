using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>A <see cref="ContainerException"/> on its way through the socket.</summary>
internal sealed record MonitorError(ErrorReason Reason, string Message, string? Target, string? Remedy, Errno Errno)
{
    internal static MonitorError From(ContainerException e) => new(e.Reason, e.Message, e.Target, e.Remedy, e.Errno);

    internal ContainerException ToException() => new(Reason, Message, Target) { Remedy = Remedy, Errno = Errno };
}
