namespace ContainerChaos.Target.Loop;

/// <summary>A descriptor that the <see cref="EventLoop"/> watches.</summary>
internal abstract class Pollable
{
    /// <summary>The descriptor, -1 when closed.</summary>
    public int Descriptor { get; set; } = -1;

    /// <summary>Where the loop keeps it; -1 while it is not watched.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>What it is watched for, as EPOLL bits.</summary>
    public uint Interest { get; set; }

    /// <summary>Called with the EPOLL bits that are set.</summary>
    public abstract void OnReady(uint events);
}
