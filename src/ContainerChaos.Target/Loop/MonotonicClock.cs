using ContainerChaos.Target.Native;

namespace ContainerChaos.Target.Loop;

/// <summary>CLOCK_MONOTONIC in nanoseconds.</summary>
internal static unsafe class MonotonicClock
{
    public const long NanosecondsPerMillisecond = 1_000_000;
    public const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Now.</summary>
    public static long Now
    {
        get
        {
            TimeSpec now;
            Libc.clock_gettime(Libc.CLOCK_MONOTONIC, &now);
            return now.Seconds * NanosecondsPerSecond + now.Nanoseconds;
        }
    }
}
