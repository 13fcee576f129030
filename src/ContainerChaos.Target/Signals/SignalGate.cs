using System.Runtime.InteropServices;
using ContainerChaos.Target.Native;

namespace ContainerChaos.Target.Signals;

/// <summary>
/// Catches signals where managed code can: the caught ones are blocked in every thread and let in only while the loop waits
/// in epoll_pwait(2). So a handler never interrupts managed code, it is an ordinary callback out of a native call, and no wake-up is lost.
/// Unlike with signalfd(2) the signal counts as handled in /proc/PID/status (SigCgt), as it does for any service with a handler.
/// </summary>
internal static unsafe class SignalGate
{
    private static SignalSet s_outside;
    private static bool s_open;
    private static SignalSet s_inside;
    private static ulong s_caught;

    /// <summary>Installs the handler for these signals.</summary>
    public static void Catch(params ReadOnlySpan<int> signals)
    {
        SignalSet caught = default;
        foreach (int signal in signals) caught.Add(signal);
        s_inside = caught;
        fixed (SignalSet* outside = &s_outside) Libc.pthread_sigmask(Libc.SIG_BLOCK, &caught, outside);
        foreach (int signal in signals) s_outside.Remove(signal);
        s_open = true;
        RuntimeThreads.Block(caught);

        var action = new SignalAction { Handler = (nint)(delegate* unmanaged<int, void>)&OnSignal };
        foreach (int signal in signals) Libc.sigaction(signal, &action, null);
    }

    /// <summary>epoll_pwait(2) with the gate open. An interrupted wait is 0 events.</summary>
    public static int Wait(int epoll, EpollEvent* events, int capacity, int timeoutMilliseconds)
    {
        fixed (SignalSet* outside = &s_outside)
        {
            int count = Libc.epoll_pwait(epoll, events, capacity, timeoutMilliseconds, s_open ? outside : null);
            if (count < 0 && Libc.Errno != Errno.EINTR) throw new NativeException("epoll_pwait", Libc.Errno);
            return Math.Max(count, 0);
        }
    }

    /// <summary>Takes in the signals that are pending, without waiting.</summary>
    public static void CatchPending()
    {
        if (!s_open) return;
        TimeSpec now = default;
        fixed (SignalSet* inside = &s_inside)
        {
            for (int signal; (signal = Libc.sigtimedwait(inside, null, &now)) > 0;) s_caught |= 1UL << (signal - 1);
        }
    }

    /// <summary>Takes one of the signals that came in, the lowest number first; 0 when there is none.</summary>
    public static int Take()
    {
        if (s_caught == 0) return 0;
        int signal = System.Numerics.BitOperations.TrailingZeroCount(s_caught) + 1;
        s_caught &= s_caught - 1;
        return signal;
    }

    [UnmanagedCallersOnly]
    private static void OnSignal(int signal) => s_caught |= 1UL << (signal - 1);
}
