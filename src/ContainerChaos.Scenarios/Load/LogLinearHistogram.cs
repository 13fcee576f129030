using System.Numerics;

namespace ContainerChaos.Scenarios.Load;

/// <summary>
/// Counts durations in nanoseconds with a relative error below 1/1024 (three significant digits), from 1 ns up, in
/// memory that grows with the magnitude of the largest value and not with the number of values.
/// </summary>
/// <remarks>
/// Bucket layout: values below 2048 units have a bucket each; every further power of two is split into 1024 equal
/// buckets. One unit is 2^<see cref="UnitShift"/> ns. The type is not synchronised: one thread records, and others
/// read after it has finished or read a <see cref="Clone"/>.
/// </remarks>
public sealed class LogLinearHistogram
{
    private const int SubBucketBits = 10;
    private const int SubBuckets = 1 << SubBucketBits;

    private long[] _counts = new long[2 * SubBuckets];
    private double _sum;

    /// <summary>Creates an empty histogram.</summary>
    /// <param name="unitShift">log2 of the smallest step told apart, in ns: 0 to 20. The default, 10, is about one microsecond.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="unitShift"/> is outside 0 to 20.</exception>
    public LogLinearHistogram(int unitShift = 10)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(unitShift);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(unitShift, 20);
        UnitShift = unitShift;
    }

    /// <summary>log2 of the smallest step that is told apart, in nanoseconds.</summary>
    public int UnitShift { get; }

    /// <summary>How many values were recorded.</summary>
    public long Count { get; private set; }

    /// <summary>The smallest recorded value, exact; 0 when empty.</summary>
    public long Minimum { get; private set; }

    /// <summary>The largest recorded value, exact; 0 when empty.</summary>
    public long Maximum { get; private set; }

    /// <summary>The arithmetic mean of the recorded values, exact; 0 when empty.</summary>
    public double Mean => Count == 0 ? 0 : _sum / Count;

    /// <summary>Records a value.</summary>
    /// <param name="nanoseconds">The value; a negative one (a clock read out of order) counts as 0.</param>
    /// <param name="times">How often it occurred, at least 1.</param>
    public void Record(long nanoseconds, long times = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        long value = Math.Max(0, nanoseconds);
        int index = IndexOf(value);
        if (index >= _counts.Length)
            Array.Resize(ref _counts, ((index / SubBuckets) + 1) * SubBuckets);
        _counts[index] += times;
        Minimum = Count == 0 ? value : Math.Min(Minimum, value);
        Maximum = Math.Max(Maximum, value);
        Count += times;
        _sum += (double)value * times;
    }

    /// <summary>Adds every value of another histogram of the same unit.</summary>
    /// <param name="other">The histogram to add.</param>
    /// <exception cref="ArgumentException">The units differ.</exception>
    public void Add(LogLinearHistogram other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.UnitShift != UnitShift)
            throw new ArgumentException("The histograms have different units.", nameof(other));
        if (other.Count == 0)
            return;
        if (other._counts.Length > _counts.Length)
            Array.Resize(ref _counts, other._counts.Length);
        for (int i = 0; i < other._counts.Length; i++)
            _counts[i] += other._counts[i];
        Minimum = Count == 0 ? other.Minimum : Math.Min(Minimum, other.Minimum);
        Maximum = Math.Max(Maximum, other.Maximum);
        Count += other.Count;
        _sum += other._sum;
    }

    /// <summary>The smallest value that at least the given share of the recorded values does not exceed.</summary>
    /// <param name="quantile">The share, 0 to 1: 0.5 is the median.</param>
    /// <returns>Nanoseconds, at the upper edge of the bucket and never above <see cref="Maximum"/>; 0 when empty.</returns>
    public long ValueAt(double quantile)
    {
        if (Count == 0)
            return 0;
        long rank = Math.Max(1, (long)Math.Ceiling(Math.Clamp(quantile, 0, 1) * Count));
        long seen = 0;
        for (int i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
                return Math.Clamp(UpperEdge(i), Minimum, Maximum);
        }
        return Maximum;
    }

    /// <summary>A copy that later recordings do not change.</summary>
    /// <returns>The copy.</returns>
    public LogLinearHistogram Clone()
    {
        var copy = new LogLinearHistogram(UnitShift);
        copy.Add(this);
        return copy;
    }

    /// <summary>The buckets that hold something, in rising order.</summary>
    /// <returns>The lowest value of each bucket in nanoseconds, and its count.</returns>
    public IEnumerable<KeyValuePair<long, long>> Buckets()
    {
        for (int i = 0; i < _counts.Length; i++)
            if (_counts[i] != 0)
                yield return new(LowerEdge(i), _counts[i]);
    }

    private int IndexOf(long nanoseconds)
    {
        ulong units = (ulong)nanoseconds >> UnitShift;
        if (units < 2 * SubBuckets)
            return (int)units;
        int shift = BitOperations.Log2(units) - SubBucketBits;
        return (shift << SubBucketBits) + (int)(units >> shift);
    }

    private long LowerEdge(int index)
    {
        if (index < 2 * SubBuckets)
            return (long)index << UnitShift;
        int shift = (index >> SubBucketBits) - 1;
        return ((long)(index - (shift << SubBucketBits)) << shift) << UnitShift;
    }

    private long UpperEdge(int index) => LowerEdge(index + 1) - 1;
}
