using ContainerChaos.Target.Native;

namespace ContainerChaos.Target.Signals;

/// <summary>Sets what the kernel does with a signal when no handler of ours is in play.</summary>
internal static unsafe class Dispositions
{
    /// <summary>SIG_IGN: the kernel drops the signal (SigIgn in /proc/PID/status).</summary>
    public static void Ignore(int signal) => Set(signal, Libc.SIG_IGN);

    /// <summary>SIG_DFL: the kernel's default action.</summary>
    public static void Default(int signal) => Set(signal, Libc.SIG_DFL);

    /// <summary>
    /// Undoes in a forked child what <see cref="SignalGate"/> and <see cref="Ignore"/> did: the usual signals end it, none is blocked.
    /// System calls only, as such a child needs it.
    /// </summary>
    public static void RestoreInChild()
    {
        SignalAction standard = default;
        Libc.sigaction(Libc.SIGHUP, &standard, null);
        Libc.sigaction(Libc.SIGINT, &standard, null);
        Libc.sigaction(Libc.SIGQUIT, &standard, null);
        Libc.sigaction(Libc.SIGTERM, &standard, null);
        SignalSet none = default;
        Libc.pthread_sigmask(Libc.SIG_SETMASK, &none, null);
    }

    private static void Set(int signal, nint handler)
    {
        var action = new SignalAction { Handler = handler };
        Libc.sigaction(signal, &action, null);
    }
}
