using ContainerChaos.Target.Native;
using ContainerChaos.Target.Signals;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Commands;

/// <summary>Commands that wait, and the one that sends what they wait for.</summary>
internal static unsafe class WaitCommands
{
    private const int SIGPIPE = 13;

    public static int Sleep(ReadOnlySpan<string> arguments)
    {
        if (Arguments.Value(arguments, 0, "sleep") == "infinity") return Pause();
        TimeSpan duration = Arguments.Duration(arguments[0]);
        var left = new TimeSpec { Seconds = duration.Ticks / TimeSpan.TicksPerSecond, Nanoseconds = duration.Ticks % TimeSpan.TicksPerSecond * 100 };
        while (Libc.clock_nanosleep(Libc.CLOCK_MONOTONIC, 0, &left, &left) == Errno.EINTR)
        {
        }

        return 0;
    }

    public static int Pause()
    {
        while (true) Libc.pause();
    }

    /// <summary>Prints each signal it gets; the second SIGTERM ends it, and so does the end of its reader.</summary>
    public static int Signals()
    {
        SignalSet all = default;
        for (int signal = 1; signal <= SignalName.Maximum; signal++)
        {
            // The runtime stops its threads with SIGRTMIN and catches faults; the kernel keeps KILL and STOP to itself.
            if (signal is not (Libc.SIGSEGV or 4 or 7 or 8 or Libc.SIGKILL or 19 or >= 32 and <= 34)) all.Add(signal);
        }

        Libc.pthread_sigmask(Libc.SIG_BLOCK, &all, null);
        RuntimeThreads.Block(all);
        Output.Line("ready");
        byte* information = stackalloc byte[128];
        for (int terms = 0; terms < 2;)
        {
            int signal = Libc.sigwaitinfo(&all, information);
            if (signal <= 0) continue;
            // Its own SIGPIPE says that nobody reads; telling of that would bring the next one. siginfo_t: si_signo, si_errno, si_code, si_pid.
            if (signal == SIGPIPE && *(int*)(information + 12) == Libc.getpid()) return 1;
            Output.Line(SignalName.Of(signal));
            if (signal == Libc.SIGTERM) terms++;
        }

        return 0;
    }

    public static int Kill(ReadOnlySpan<string> arguments)
    {
        int signal = SignalName.Parse(Arguments.Value(arguments, 0, "kill"));
        if (signal < 0) throw new UsageException($"kill: '{arguments[0]}' is no signal");
        int pid = (int)Arguments.Number(arguments, 1, "kill", int.MinValue, int.MaxValue);
        if (Libc.kill(pid, signal) == 0) return 0;
        Output.Error($"kill {pid}: {Errno.Name(Libc.Errno)}");
        return 1;
    }
}
