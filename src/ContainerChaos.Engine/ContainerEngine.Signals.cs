using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>Sends a signal as an operator, and says what the kernel does with it.</summary>
    /// <remarks>
    /// PID 1 gets it through the container's monitor, so SIGKILL and the stop signal disarm the restart policy as Docker's <c>kill</c> does.
    /// To break a container and leave its policy armed, use <see cref="Crash"/>.
    /// </remarks>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="signal">The signal's number.</param>
    /// <param name="containerPid">A PID in the container; null for PID 1.</param>
    /// <exception cref="ContainerException">InvalidState when it does not run; InvalidArgument for a PID that is not there.</exception>
    public SignalDelivery SendSignal(string nameOrId, int signal, int? containerPid = null)
    {
        SignalArgument.Check(signal, nameOrId);
        var (definition, state) = Look(nameOrId);
        if (containerPid is not (null or 1))
            return Signal(definition, state, signal, containerPid.Value);
        // Read before it is sent: afterwards there may be nobody to ask.
        var waits = state.Pid > 0 && ProcessSystemCall.IsWaitingForSignals(state.Pid);
        if (state.Pid <= 0 || ProcessStatus.TryRead(state.Pid) is not { } status || Ask(definition, monitor => monitor.Kill(signal)) is null)
            throw NotRunning(definition, state, "signal");
        return SignalExplanation.Describe(definition, signal, state.Pid, status.NamespacePids is [.., var pid] ? pid : 1, status, waits);
    }

    /// <summary>Sends a signal to PID 1 from outside and past the monitor: a fault. The restart policy stays armed.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="signal">The signal's number; 9 (SIGKILL) ends any PID 1.</param>
    /// <exception cref="ContainerException">InvalidState when it does not run.</exception>
    public SignalDelivery Crash(string nameOrId, int signal = 9)
    {
        SignalArgument.Check(signal, nameOrId);
        var (definition, state) = Look(nameOrId);
        return Signal(definition, state, signal, containerPid: 1);
    }

    private static SignalDelivery Signal(ContainerDefinition definition, ContainerState state, int signal, int containerPid)
    {
        if (state.Pid <= 0)
            throw NotRunning(definition, state, "signal");
        var hostPid = ProcessTable.FindHostPid(state.Pid, state.PidStartTime, containerPid, GroupOf(definition)) ?? throw NoSuchProcess(definition, containerPid);
        var waits = ProcessSystemCall.IsWaitingForSignals(hostPid);
        // Held first, verified then: from here on the PID can't become another process.
        using var process = PidFd.TryOpen(hostPid) ?? throw NoSuchProcess(definition, containerPid);
        if (ProcessStat.TryReadStartTime(state.Pid) != state.PidStartTime ||
            !ProcessNamespace.TryReadPidNamespace(state.Pid, out var expected) || !ProcessNamespace.TryReadPidNamespace(hostPid, out var actual) || actual != expected ||
            ProcessStatus.TryRead(hostPid) is not { } status || status.NamespacePids is not [.., var pid] || (pid != containerPid && !IsFirst()) ||
            !process.SendSignal(signal))
            throw NoSuchProcess(definition, containerPid);
        return SignalExplanation.Describe(definition, signal, hostPid, pid, status, waits);

        // In a namespace that is not its own, "PID 1" is the container's first process, whatever its number.
        bool IsFirst() => definition.PidMode is not null && containerPid == 1;
    }

    private static ContainerException NoSuchProcess(ContainerDefinition definition, int containerPid) => containerPid == 1
        ? new ContainerException(ErrorReason.InvalidState, $"Cannot signal container '{definition.Name}': its PID 1 has just ended.", definition.Name) { Remedy = "Look at its state with Get-Container." }
        : new ContainerException(
            ErrorReason.InvalidArgument, string.Create(CultureInfo.InvariantCulture, $"Container '{definition.Name}' has no process {containerPid}."), definition.Name)
        {
            Remedy = $"See Get-ContainerProcess {definition.Name} for those it has.",
        };
}
