using System.Runtime.CompilerServices;
using ContainerChaos.Target.Native;

namespace ContainerChaos.Target.Signals;

/// <summary>
/// The one thread that the runtime starts before Main, the finalizer thread, has an open signal mask, and the kernel gives a signal
/// that the main thread blocks to any thread that does not. A finalizer runs there, so it can change that thread's mask.
/// </summary>
internal static unsafe class RuntimeThreads
{
    private static SignalSet s_blocked;

    /// <summary>Blocks signals in the finalizer thread; returns when it is done.</summary>
    public static void Block(SignalSet signals)
    {
        s_blocked = signals;
        LeaveGarbage();
        GC.Collect(0);
        GC.WaitForPendingFinalizers();
    }

    // In a frame of its own, so that no stack slot keeps the object alive.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void LeaveGarbage() => _ = new Messenger();

    private sealed class Messenger
    {
        ~Messenger()
        {
            fixed (SignalSet* blocked = &s_blocked) Libc.pthread_sigmask(Libc.SIG_BLOCK, blocked, null);
        }
    }
}
