namespace ContainerChaos.Target.Native;

/// <summary><c>struct timespec</c>.</summary>
internal struct TimeSpec
{
    public long Seconds;
    public long Nanoseconds;
}
