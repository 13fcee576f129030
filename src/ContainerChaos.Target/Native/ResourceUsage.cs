namespace ContainerChaos.Target.Native;

/// <summary><c>struct rusage</c>: the start of it that is read here, then the rest as room.</summary>
internal unsafe struct ResourceUsage
{
    public long UserSeconds;
    public long UserMicroseconds;
    public long SystemSeconds;
    public long SystemMicroseconds;
    public long MaximumResidentKilobytes;
    private fixed long _rest[13];
}
