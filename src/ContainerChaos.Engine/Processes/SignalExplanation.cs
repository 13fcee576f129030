using System.Globalization;
using ContainerChaos.Linux;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>Says what the kernel does with a signal that comes from outside of the container.</summary>
internal static class SignalExplanation
{
    private const int SIGKILL = 9;
    private const int SIGSTOP = 19;

    /// <summary>Describes a signal.</summary>
    /// <param name="definition">The container.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="hostPid">The host's PID of the process.</param>
    /// <param name="containerPid">The container's PID of it.</param>
    /// <param name="status">The process, as it was just before.</param>
    /// <param name="waits">Whether it was waiting for signals (<see cref="ProcessSystemCall.IsWaitingForSignals"/>).</param>
    public static SignalDelivery Describe(ContainerDefinition definition, int signal, int hostPid, int containerPid, ProcessStatus status, bool waits)
    {
        var name = SignalName.Of(signal);
        // Our init takes every signal with rt_sigtimedwait, from its first instruction on.
        var disposition = Decide(signal, containerPid, status, waits || (definition.Init && containerPid == 1));
        return new SignalDelivery
        {
            Container = definition.Name,
            Signal = signal,
            SignalName = name,
            HostPid = hostPid,
            ContainerPid = containerPid,
            Disposition = disposition,
            Explanation = string.Create(
                CultureInfo.InvariantCulture,
                $"{definition.Name}: {name} sent to PID {containerPid} (host {hostPid}). {Explain(definition, signal, name, containerPid, disposition, status)}"),
        };
    }

    // pid_namespaces(7): a signal from an ancestor namespace obeys the usual rules, but one that PID 1 has no handler for is
    // dropped, SIGKILL and SIGSTOP excepted. kernel/signal.c: a blocked signal is never dropped, as its handler may yet change.
    private static SignalDisposition Decide(int signal, int containerPid, ProcessStatus status, bool waits)
    {
        var bit = 1UL << (signal - 1);
        if (signal is SIGKILL or SIGSTOP)
            return SignalDisposition.Default;
        if (waits)
            return SignalDisposition.Handled;
        if ((status.BlockedSignals & bit) != 0)
            return SignalDisposition.Blocked;
        if ((status.IgnoredSignals & bit) != 0)
            return SignalDisposition.Ignored;
        if ((status.CaughtSignals & bit) != 0)
            return SignalDisposition.Handled;
        return containerPid == 1 ? SignalDisposition.DroppedForInit : SignalDisposition.Default;
    }

    private static string Explain(ContainerDefinition definition, int signal, string name, int containerPid, SignalDisposition disposition, ProcessStatus status) => disposition switch
    {
        _ when status.State == 'Z' => "It is a zombie: it has ended, and only its parent's wait takes it away.",
        SignalDisposition.Default when signal == SIGKILL => "No process can catch or ignore it, so the kernel ends it.",
        SignalDisposition.Default when signal == SIGSTOP => "No process can catch or ignore it, so the kernel stops it; SIGCONT lets it go on.",
        SignalDisposition.Default => $"It has no handler for {name}, so {DefaultAction(signal)}.",
        SignalDisposition.Handled when definition.Init && containerPid == 1 => "It is the init, which forwards it to the command.",
        SignalDisposition.Handled when (status.CaughtSignals & (1UL << (signal - 1))) == 0 => "It waits for signals in rt_sigtimedwait(2), and takes it if it is among those.",
        SignalDisposition.Handled => $"It has a handler for {name}.",
        SignalDisposition.Ignored => $"It ignores {name}, so the kernel discards it.{WayOut(definition, signal, containerPid)}",
        SignalDisposition.Blocked => $"It blocks {name}, which stays pending until it unblocks or takes it.",
        _ => $"It has no handler for {name}, and it is PID 1 of its namespace, so the kernel drops it.{WayOut(definition, signal, containerPid)}",
    };

    private static string WayOut(ContainerDefinition definition, int signal, int containerPid)
    {
        if (containerPid != 1)
            return " Use KILL to end it.";
        var stop = string.Create(CultureInfo.InvariantCulture, $"Stop-Container, which follows with SIGKILL after {definition.StopTimeout.TotalSeconds:0.###} s.");
        return DefaultAction(signal) == "the kernel ends it" && !definition.Init
            ? $" Use -Init for a PID 1 that forwards signals, or {stop}"
            : "";
    }

    // signal(7), "Standard signals": Ign, Stop, Cont; Term and Core both end the process.
    private static string DefaultAction(int signal) => SignalName.Of(signal) switch
    {
        "SIGCHLD" or "SIGURG" or "SIGWINCH" => "the kernel discards it, which is its default",
        "SIGCONT" => "the kernel lets it go on if it was stopped",
        "SIGTSTP" or "SIGTTIN" or "SIGTTOU" => "the kernel stops it; SIGCONT lets it go on",
        _ => "the kernel ends it",
    };
}
