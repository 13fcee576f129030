namespace ContainerChaos.Target.Loop;

/// <summary>A timer that is set, cancelled and set again without allocating.</summary>
internal sealed class LoopTimer(Action expired)
{
    /// <summary>When it expires, in nanoseconds of the monotonic clock.</summary>
    public long Due { get; set; }

    /// <summary>Its place in the heap; -1 while it is not set.</summary>
    public int Index { get; set; } = -1;

    /// <summary>What happens then.</summary>
    public void Expire() => expired();
}
