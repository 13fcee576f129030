namespace ContainerChaos.Target.Loop;

/// <summary>Work that goes on beside the requests: the loop runs it in short steps, so that none of them has to wait for it.</summary>
internal abstract class Job
{
    /// <summary>When the next step is due, in nanoseconds of the monotonic clock; 0 = as soon as possible.</summary>
    public long Due { get; protected set; }

    /// <summary>Does a millisecond's worth of work or less.</summary>
    /// <returns>False when there is nothing left to do.</returns>
    public abstract bool Step(long now);

    /// <summary>Called once, after the last step.</summary>
    public virtual void Finished()
    {
    }
}
