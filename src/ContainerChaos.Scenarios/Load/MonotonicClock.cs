using System.Diagnostics;

namespace ContainerChaos.Scenarios.Load;

/// <summary>CLOCK_MONOTONIC in nanoseconds: the clock of the monitor's events, of faults, and of load samples.</summary>
public static class MonotonicClock
{
    // Stopwatch reads CLOCK_MONOTONIC on Linux with a frequency of 1e9; the check keeps that assumption honest.
    private static readonly long s_perTick = Stopwatch.Frequency == 1_000_000_000
        ? 1
        : throw new PlatformNotSupportedException("The stopwatch does not count nanoseconds.");

    /// <summary>Now, in nanoseconds.</summary>
    public static long Now => Stopwatch.GetTimestamp() * s_perTick;
}
