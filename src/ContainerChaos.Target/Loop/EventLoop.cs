using ContainerChaos.Target.Native;
using ContainerChaos.Target.Signals;

namespace ContainerChaos.Target.Loop;

/// <summary>
/// One thread, one epoll: descriptors, timers, jobs, and the signals that <see cref="SignalGate"/> lets in while it waits.
/// </summary>
internal sealed unsafe class EventLoop
{
    private const int BatchSize = 64;
    private const long SignalCheckInterval = 5 * MonotonicClock.NanosecondsPerMillisecond;
    private readonly int _epoll;
    private readonly TimerHeap _timers = new();
    private readonly List<Job> _jobs = [];
    private readonly Stack<int> _freeSlots = new();
    private Pollable?[] _slots = new Pollable?[16];
    private uint[] _generations = new uint[16];
    private int _slotCount;
    private long _nextSignalCheck;
    private bool _stopped;

    public EventLoop()
    {
        _epoll = Libc.epoll_create1(Libc.EPOLL_CLOEXEC);
        if (_epoll < 0) throw new NativeException("epoll_create1", Libc.Errno);
        Now = MonotonicClock.Now;
    }

    /// <summary>The time of the current round.</summary>
    public long Now { get; private set; }

    /// <summary>Called with each signal that <see cref="SignalGate"/> caught.</summary>
    public Action<int>? Signalled { get; set; }

    /// <summary>Starts to watch a descriptor.</summary>
    public void Add(Pollable pollable, uint events)
    {
        if (!_freeSlots.TryPop(out int slot))
        {
            slot = _slotCount++;
            if (slot == _slots.Length)
            {
                Array.Resize(ref _slots, slot * 2);
                Array.Resize(ref _generations, slot * 2);
            }
        }

        _slots[slot] = pollable;
        pollable.Slot = slot;
        Control(Libc.EPOLL_CTL_ADD, pollable, events);
    }

    /// <summary>Changes what a descriptor is watched for; 0 still reports errors and hang-ups.</summary>
    public void Modify(Pollable pollable, uint events)
    {
        if (pollable.Interest != events) Control(Libc.EPOLL_CTL_MOD, pollable, events);
    }

    /// <summary>Stops watching a descriptor and closes it.</summary>
    public void Close(Pollable pollable)
    {
        if (pollable.Slot >= 0)
        {
            // Not left to close(2): while a forked child holds a copy of the descriptor, epoll would go on reporting it.
            Control(Libc.EPOLL_CTL_DEL, pollable, 0);
            _slots[pollable.Slot] = null;
            _generations[pollable.Slot]++;
            _freeSlots.Push(pollable.Slot);
            pollable.Slot = -1;
        }

        if (pollable.Descriptor >= 0) Libc.close(pollable.Descriptor);
        pollable.Descriptor = -1;
    }

    /// <summary>Sets a timer to expire so many nanoseconds from now.</summary>
    public void SetTimer(LoopTimer timer, long nanoseconds) => _timers.Set(timer, MonotonicClock.Now + nanoseconds);

    /// <summary>Cancels a timer.</summary>
    public void CancelTimer(LoopTimer timer) => _timers.Cancel(timer);

    /// <summary>Starts a job.</summary>
    public void Start(Job job) => _jobs.Add(job);

    /// <summary>Makes <see cref="Run"/> return after the current round.</summary>
    public void Stop() => _stopped = true;

    /// <summary>Serves until <see cref="Stop"/>.</summary>
    public void Run()
    {
        EpollEvent* events = stackalloc EpollEvent[BatchSize];
        while (!_stopped)
        {
            int timeout = Timeout();
            int count = SignalGate.Wait(_epoll, events, BatchSize, timeout);
            Now = MonotonicClock.Now;
            if (count > 0 || timeout == 0) CheckSignals();
            for (int i = 0; i < count; i++) Dispatch(events[i]);
            for (int signal = SignalGate.Take(); signal != 0; signal = SignalGate.Take()) Signalled?.Invoke(signal);
            ExpireTimers();
            StepJobs();
        }
    }

    // epoll_pwait(2) delivers a signal only when it would block. A loop that always has something to do asks now and then.
    private void CheckSignals()
    {
        if (Now < _nextSignalCheck) return;
        _nextSignalCheck = Now + SignalCheckInterval;
        SignalGate.CatchPending();
    }

    private void Dispatch(EpollEvent ready)
    {
        // The generation tells a descriptor closed earlier in this batch from the one that took its slot since.
        int slot = (int)(uint)ready.Data;
        if (_generations[slot] == (uint)(ready.Data >> 32)) _slots[slot]?.OnReady(ready.Events);
    }

    private void ExpireTimers()
    {
        while (_timers.First is { } timer && timer.Due <= Now)
        {
            _timers.Cancel(timer);
            timer.Expire();
        }
    }

    private void StepJobs()
    {
        for (int i = _jobs.Count - 1; i >= 0; i--)
        {
            Job job = _jobs[i];
            if (job.Due > Now || job.Step(Now)) continue;
            _jobs.RemoveAt(i);
            job.Finished();
        }
    }

    private int Timeout()
    {
        long due = _timers.First?.Due ?? long.MaxValue;
        foreach (Job job in _jobs) due = Math.Min(due, job.Due);
        if (due == long.MaxValue) return -1;
        long left = due - MonotonicClock.Now;

        // Rounded up: a round too early would find nothing due and spin.
        return left <= 0 ? 0 : (int)Math.Min((left + MonotonicClock.NanosecondsPerMillisecond - 1) / MonotonicClock.NanosecondsPerMillisecond, int.MaxValue);
    }

    private void Control(int operation, Pollable pollable, uint events)
    {
        var change = new EpollEvent { Events = events, Data = (uint)pollable.Slot | (ulong)_generations[pollable.Slot] << 32 };
        if (Libc.epoll_ctl(_epoll, operation, pollable.Descriptor, &change) != 0 && operation != Libc.EPOLL_CTL_DEL)
            throw new NativeException("epoll_ctl", Libc.Errno);
        pollable.Interest = events;
    }
}
