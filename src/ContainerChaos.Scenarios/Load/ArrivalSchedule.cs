namespace ContainerChaos.Scenarios.Load;

/// <summary>Evenly spaced arrivals at a constant rate: the n-th one is due at <c>Start + n / rate</c>, without drift.</summary>
public sealed class ArrivalSchedule
{
    private readonly double _interval;

    /// <summary>Creates a schedule.</summary>
    /// <param name="start">When arrival 0 is due, monotonic nanoseconds.</param>
    /// <param name="rate">Arrivals a second, above 0.</param>
    public ArrivalSchedule(long start, double rate)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate);
        Start = start;
        Rate = rate;
        _interval = 1e9 / rate;
    }

    /// <summary>When arrival 0 is due, monotonic nanoseconds.</summary>
    public long Start { get; }

    /// <summary>Arrivals a second.</summary>
    public double Rate { get; }

    /// <summary>When an arrival is due.</summary>
    /// <param name="index">Its number, from 0.</param>
    /// <returns>Monotonic nanoseconds.</returns>
    public long TimeOf(long index) => Start + (long)(index * _interval);

    /// <summary>How many arrivals are due in a stretch of time.</summary>
    /// <param name="from">Its begin, included.</param>
    /// <param name="to">Its end, not included.</param>
    /// <returns>The count; 0 when <paramref name="to"/> is not after <paramref name="from"/>.</returns>
    public int CountBetween(long from, long to) => to <= from ? 0 : (int)(IndexAtOrAfter(to) - IndexAtOrAfter(from));

    /// <summary>The first arrival that is due at or after a moment.</summary>
    /// <param name="time">Monotonic nanoseconds.</param>
    /// <returns>Its number.</returns>
    public long IndexAtOrAfter(long time)
    {
        if (time <= Start)
            return 0;
        long index = (long)((time - Start) / _interval);
        // Rounding of the division must not disagree with TimeOf, which the generator uses.
        while (index > 0 && TimeOf(index - 1) >= time)
            index--;
        while (TimeOf(index) < time)
            index++;
        return index;
    }
}
