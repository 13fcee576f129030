using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>By how much the kernel may delay the timed waits of a thread, to end several at once.</summary>
/// <remarks>prctl(2), PR_SET_TIMERSLACK; 50 µs by default (proc_pid_timerslack_ns(5)). Ignored for real-time threads.</remarks>
public static partial class TimerSlack
{
    private const int PR_SET_TIMERSLACK = 29;

    /// <summary>Sets it for the calling thread.</summary>
    /// <param name="nanoseconds">1 or more.</param>
    public static void SetOfThisThread(int nanoseconds)
    {
        // It can't fail for a value above 0.
        _ = prctl(PR_SET_TIMERSLACK, (nuint)Math.Max(1, nanoseconds), 0, 0, 0);
    }

    [LibraryImport("libc")]
    private static partial int prctl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);
}
