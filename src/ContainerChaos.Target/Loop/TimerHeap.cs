namespace ContainerChaos.Target.Loop;

/// <summary>Timers by due time: a binary heap in which each timer knows its place, so that one can be cancelled in O(log n).</summary>
internal sealed class TimerHeap
{
    private LoopTimer[] _heap = new LoopTimer[16];
    private int _count;

    /// <summary>The timer that is due first, or null.</summary>
    public LoopTimer? First => _count > 0 ? _heap[0] : null;

    /// <summary>Sets a timer, or sets it anew.</summary>
    public void Set(LoopTimer timer, long due)
    {
        Cancel(timer);
        if (_count == _heap.Length) Array.Resize(ref _heap, _count * 2);
        timer.Due = due;
        SiftUp(_count++, timer);
    }

    /// <summary>Takes a timer out; one that is not set is left alone.</summary>
    public void Cancel(LoopTimer timer)
    {
        int index = timer.Index;
        if (index < 0) return;
        timer.Index = -1;
        LoopTimer last = _heap[--_count];
        _heap[_count] = null!;
        if (last == timer) return;
        if (index > 0 && last.Due < _heap[(index - 1) / 2].Due) SiftUp(index, last);
        else SiftDown(index, last);
    }

    private void SiftUp(int index, LoopTimer timer)
    {
        while (index > 0)
        {
            int parent = (index - 1) / 2;
            if (_heap[parent].Due <= timer.Due) break;
            Place(index, _heap[parent]);
            index = parent;
        }

        Place(index, timer);
    }

    private void SiftDown(int index, LoopTimer timer)
    {
        while (true)
        {
            int child = 2 * index + 1;
            if (child >= _count) break;
            if (child + 1 < _count && _heap[child + 1].Due < _heap[child].Due) child++;
            if (_heap[child].Due >= timer.Due) break;
            Place(index, _heap[child]);
            index = child;
        }

        Place(index, timer);
    }

    private void Place(int index, LoopTimer timer)
    {
        _heap[index] = timer;
        timer.Index = index;
    }
}
