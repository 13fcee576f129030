namespace ContainerChaos.Scenarios.Load;

/// <summary>Timers that fire on the thread of a loop, when it asks for those that are due: no pause of a client waits for the thread pool.</summary>
internal sealed class LoopClock : TimeProvider
{
    private readonly PriorityQueue<Timer, long> _timers = new();

    /// <summary>When the next timer is due, monotonic nanoseconds.</summary>
    internal long NextDue
    {
        get
        {
            while (_timers.TryPeek(out Timer? timer, out long due))
            {
                if (timer.Due == due)
                    return due;
                // It was stopped, or set anew.
                _timers.Dequeue();
            }

            return long.MaxValue;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    internal void Fire(long now)
    {
        while (NextDue <= now)
            _timers.Dequeue().Fire();
    }

    private sealed class Timer(LoopClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        internal long Due { get; private set; } = long.MaxValue;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            Due = dueTime == Timeout.InfiniteTimeSpan ? long.MaxValue : MonotonicClock.Now + (dueTime.Ticks * 100);
            if (Due != long.MaxValue)
                clock._timers.Enqueue(this, Due);
            return true;
        }

        public void Dispose() => Due = long.MaxValue;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        internal void Fire()
        {
            Due = long.MaxValue;
            if (_period > TimeSpan.Zero)
                Change(_period, _period);
            callback(state);
        }
    }
}
