namespace ContainerChaos.Scenarios.Load;

/// <summary>When each request of a load is due: an <see cref="ArrivalPattern"/> from its start on, without drift. Safe for several threads.</summary>
public sealed class ArrivalSchedule
{
    private readonly ArrivalSequence _sequence;

    /// <summary>Creates a schedule of evenly spaced arrivals: the n-th one is due at <c>Start + n / rate</c>.</summary>
    /// <param name="start">When arrival 0 is due, monotonic nanoseconds.</param>
    /// <param name="rate">Arrivals a second, above 0.</param>
    public ArrivalSchedule(long start, double rate)
        : this(start, new ConstantArrivals(rate)) => ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rate);

    /// <summary>Creates a schedule.</summary>
    /// <param name="start">Where it begins, monotonic nanoseconds.</param>
    /// <param name="pattern">The arrivals.</param>
    public ArrivalSchedule(long start, ArrivalPattern pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        Start = start;
        Pattern = pattern;
        _sequence = pattern.Begin();
    }

    /// <summary>Where it begins, monotonic nanoseconds.</summary>
    public long Start { get; }

    /// <summary>The arrivals.</summary>
    public ArrivalPattern Pattern { get; }

    /// <summary>The arrivals a second that the pattern is known by.</summary>
    public double Rate => Pattern.Rate;

    /// <summary>When an arrival is due.</summary>
    /// <param name="index">Its number, from 0.</param>
    /// <returns>Monotonic nanoseconds; <see cref="long.MaxValue"/> when the arrivals end before, or nobody knows yet (a closed loop).</returns>
    public long TimeOf(long index) => _sequence.OffsetOf(index) is var offset && offset == ArrivalSequence.Never ? offset : Start + offset;

    /// <summary>How many arrivals are due in a stretch of time.</summary>
    /// <param name="from">Its begin, included.</param>
    /// <param name="to">Its end, not included.</param>
    /// <returns>The count; 0 when <paramref name="to"/> is not after <paramref name="from"/>.</returns>
    public int CountBetween(long from, long to) => to <= from ? 0 : (int)(IndexAtOrAfter(to) - IndexAtOrAfter(from));

    /// <summary>The first arrival that is due at or after a moment.</summary>
    /// <param name="time">Monotonic nanoseconds.</param>
    /// <returns>Its number; the number of all when they end before.</returns>
    public long IndexAtOrAfter(long time) => time <= Start ? 0 : _sequence.IndexAtOrAfter(time - Start);

    /// <summary>Whether all arrivals before a moment are known; of a closed loop they are when it has sent one later.</summary>
    /// <param name="time">Monotonic nanoseconds.</param>
    /// <returns>True for every open loop.</returns>
    public bool IsKnownUntil(long time) => time <= Start || _sequence.IsKnownUntil(time - Start);

    /// <summary>The mean of arrivals a second over a stretch of time; of a closed loop, of what it sent before that stretch.</summary>
    /// <param name="from">Its begin, monotonic nanoseconds.</param>
    /// <param name="length">Its length, above 0.</param>
    /// <returns>Arrivals a second.</returns>
    public double RateOver(long from, TimeSpan length)
    {
        if (Pattern is ClosedLoop)
            return from > Start ? CountBetween(Start, from) / ((from - Start) / 1e9) : 0;
        return length > TimeSpan.Zero ? CountBetween(from, from + (length.Ticks * 100)) / length.TotalSeconds : 0;
    }

    /// <summary>Notes that a closed loop sends a request.</summary>
    internal void Sends(long time) => ((ClosedLoop.Departures)_sequence).Append(time - Start);
}
