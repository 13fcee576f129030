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
    /// <exception cref="Runtime.ContainerException">InvalidState when it does not run; InvalidArgument for a PID that is not there.</exception>
    public SignalDelivery SendSignal(string nameOrId, int signal, int? containerPid = null) => throw new NotImplementedException();

    /// <summary>Sends a signal to PID 1 from outside and past the monitor: a fault. The restart policy stays armed.</summary>
    /// <param name="nameOrId">As in <see cref="Get"/>.</param>
    /// <param name="signal">The signal's number; 9 (SIGKILL) ends any PID 1.</param>
    /// <exception cref="Runtime.ContainerException">InvalidState when it does not run.</exception>
    public SignalDelivery Crash(string nameOrId, int signal = 9) => throw new NotImplementedException();
}
