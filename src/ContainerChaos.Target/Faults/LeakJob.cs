using ContainerChaos.Target.Loop;
using ContainerChaos.Target.Native;

namespace ContainerChaos.Target.Faults;

/// <summary>Takes memory and writes to every page of it, at a rate or as fast as it goes, up to a size or until something stops it.</summary>
internal sealed unsafe class LeakJob(long bytes, long bytesPerSecond, Action<LeakJob> finished) : Job
{
    private const long PageSize = 4096;
    private const long Unit = 64 * 1024;
    private const long LargestStep = 4 * 1024 * 1024;
    private readonly long _started = MonotonicClock.Now;

    /// <summary>Bytes taken.</summary>
    public long Taken { get; private set; }

    /// <summary>The error that ended it; 0 = none.</summary>
    public int Error { get; private set; }

    public override bool Step(long now)
    {
        long wanted = bytes - Taken;
        if (bytesPerSecond > 0)
        {
            long allowed = (long)((double)(now - _started) / MonotonicClock.NanosecondsPerSecond * bytesPerSecond) - Taken;
            wanted = Math.Min(wanted, allowed / Unit * Unit);
        }

        wanted = Math.Min(wanted, LargestStep);
        if (wanted > 0)
        {
            Error = Take(wanted);
            if (Error != 0) return false;
            Taken += wanted;
            Damage.LeakedBytes += wanted;
        }

        if (bytesPerSecond > 0)
            Due = _started + (long)((double)(Taken + Math.Min(Unit, bytes - Taken)) / bytesPerSecond * MonotonicClock.NanosecondsPerSecond);
        return Taken < bytes;
    }

    public override void Finished() => finished(this);

    private static int Take(long size)
    {
        void* start = Libc.mmap(null, (nuint)size, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS, -1, 0);
        if (start == Libc.MAP_FAILED) return Libc.Errno;
        for (long offset = 0; offset < size; offset += PageSize) *((byte*)start + offset) = 1;
        return 0;
    }
}
