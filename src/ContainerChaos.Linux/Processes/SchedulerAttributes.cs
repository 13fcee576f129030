namespace ContainerChaos.Linux;

/// <summary>struct sched_attr (sched_setattr(2)): how a process's CPU time is scheduled.</summary>
public struct SchedulerAttributes
{
    private const uint SCHED_ATTR_SIZE_VER0 = 48;

    private uint _size;
    private uint _policy;
    private ulong _flags;
    private int _nice;
    private uint _priority;
    private ulong _runtime;
    private ulong _deadline;
    private ulong _period;

    /// <summary>Attributes of the first version of the structure, which every kernel knows.</summary>
    /// <param name="policy">SCHED_* by number.</param>
    /// <param name="flags">SCHED_FLAG_* bits.</param>
    /// <param name="nice">The nice value.</param>
    /// <param name="priority">The static priority.</param>
    /// <param name="runtime">SCHED_DEADLINE: nanoseconds of CPU time a period.</param>
    /// <param name="deadline">SCHED_DEADLINE: nanoseconds until it must have had them.</param>
    /// <param name="period">SCHED_DEADLINE: the period in nanoseconds; 0 is the deadline.</param>
    public SchedulerAttributes(uint policy, ulong flags, int nice, uint priority, ulong runtime, ulong deadline, ulong period)
    {
        _size = SCHED_ATTR_SIZE_VER0;
        _policy = policy;
        _flags = flags;
        _nice = nice;
        _priority = priority;
        _runtime = runtime;
        _deadline = deadline;
        _period = period;
    }
}
