namespace ContainerChaos.Scenarios.Load;

/// <summary>Arrivals that follow each from the one before, kept as far as anybody asked. Safe for several threads.</summary>
internal abstract class ListedSequence : ArrivalSequence
{
    private readonly Lock _lock = new();
    private readonly List<long> _offsets = [];

    internal override long OffsetOf(long index)
    {
        lock (_lock)
        {
            while (_offsets.Count <= index && TryExtend(out long next))
                _offsets.Add(next);
            return index < _offsets.Count ? _offsets[(int)index] : Never;
        }
    }

    internal override long IndexAtOrAfter(long offset)
    {
        lock (_lock)
        {
            while ((_offsets.Count == 0 || _offsets[^1] < offset) && TryExtend(out long next))
                _offsets.Add(next);
            int index = _offsets.BinarySearch(offset);
            if (index < 0)
                return ~index;
            // Of several at the same moment, the first.
            while (index > 0 && _offsets[index - 1] == offset)
                index--;
            return index;
        }
    }

    /// <summary>Adds an arrival that was not known before; not before the last one.</summary>
    internal void Append(long offset)
    {
        lock (_lock)
            _offsets.Add(offset);
    }

    /// <summary>Whether the last known arrival is at or after an offset.</summary>
    private protected bool Reaches(long offset)
    {
        lock (_lock)
            return _offsets.Count > 0 && _offsets[^1] >= offset;
    }

    /// <summary>The next arrival, under the lock; false when there is none (yet).</summary>
    protected abstract bool TryExtend(out long offset);
}
