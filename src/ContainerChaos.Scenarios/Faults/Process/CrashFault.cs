using ContainerChaos.Linux;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Faults;

/// <summary>Ends PID 1 from outside with a signal: a crash, after which the restart policy acts.</summary>
/// <param name="Signal">The signal's number; SIGKILL by default.</param>
public sealed record CrashFault(int Signal = 9) : FaultSpec
{
    /// <inheritdoc/>
    public override string Name => "crash";

    /// <inheritdoc/>
    public override bool IsInstant => true;

    internal override FaultPlan Plan(ChaosTarget target) => new()
    {
        Effect = $"{SignalName.Of(Signal)} to PID 1 (host {target.Pid}) by its pidfd, past every runtime: no policy is disarmed{(IsDropped(target) ? ". It has no handler for it, and as PID 1 of a namespace it gets only SIGKILL and SIGSTOP then: nothing will happen" : "")}",
        Apply = [FaultStep.Signal(target.Pid, target.PidStartTime, Signal)],
    };

    // pid_namespaces(7): a signal from an ancestor namespace is dropped, too, unless PID 1 has a handler, or it is one of these two.
    private bool IsDropped(ChaosTarget target) => Signal is not (9 or 19)
        && ProcessStatus.TryRead(target.Pid) is { NamespacePids: [.., 1] and { Count: > 1 } } status && (status.CaughtSignals & (1UL << (Signal - 1))) == 0;
}
