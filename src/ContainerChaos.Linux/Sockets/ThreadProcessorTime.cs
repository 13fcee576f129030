using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>CPU time of the calling thread.</summary>
/// <remarks>clock_gettime(2) with CLOCK_THREAD_CPUTIME_ID.</remarks>
public static partial class ThreadProcessorTime
{
    private const int CLOCK_THREAD_CPUTIME_ID = 3;

    /// <summary>User and system time that the calling thread has used since it began.</summary>
    public static TimeSpan Current =>
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, out TimeSpec time) == 0
            ? TimeSpan.FromTicks((time.Seconds * TimeSpan.TicksPerSecond) + (time.Nanoseconds / 100))
            : throw ErrnoException.Last("clock_gettime");

    [LibraryImport("libc", SetLastError = true)]
    private static partial int clock_gettime(int clock, out TimeSpec time);

    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
