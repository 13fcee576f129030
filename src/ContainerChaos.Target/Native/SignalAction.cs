namespace ContainerChaos.Target.Native;

/// <summary>glibc's <c>struct sigaction</c> on x86-64.</summary>
internal struct SignalAction
{
    public nint Handler;
    public SignalSet Mask;
    public int Flags;
    public nint Restorer;
}
