using System.Runtime.InteropServices;
using ContainerChaos.Target.Loop;
using ContainerChaos.Target.Native;

namespace ContainerChaos.Target.Faults;

/// <summary>Threads that only use CPU time. Made with pthread_create(3), which says so when the pids limit has no room for one.</summary>
internal sealed unsafe class Burners
{
    private static int s_running;

    /// <summary>Threads that burn now.</summary>
    public static int Running => Volatile.Read(ref s_running);

    /// <summary>Starts one thread.</summary>
    /// <param name="seconds">How long it burns; 0 = as long as the process lives.</param>
    /// <returns>0 or the error number.</returns>
    public int Start(double seconds)
    {
        long until = seconds > 0 ? MonotonicClock.Now + (long)(Math.Min(seconds, int.MaxValue) * MonotonicClock.NanosecondsPerSecond) : long.MaxValue;
        nint thread;
        Interlocked.Increment(ref s_running);
        int error = Libc.pthread_create(&thread, null, &Burn, (void*)until);
        if (error == 0) Libc.pthread_detach(thread);
        else Interlocked.Decrement(ref s_running);
        return error;
    }

    [UnmanagedCallersOnly]
    private static void* Burn(void* until)
    {
        while (MonotonicClock.Now < (long)until) Thread.SpinWait(10_000);
        Interlocked.Decrement(ref s_running);
        return null;
    }
}
