using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>Counts the OOM killer's victims in a control group, and tells of each rise once.</summary>
internal sealed class OomWatcher(EventLoop loop, Cgroup cgroup, Action<long> killed) : IDisposable
{
    private static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(1), LastLook = TimeSpan.FromMilliseconds(256);

    private readonly TimerFd _timer = TimerFd.Create();
    private CgroupOomWatch? _watch;
    private TimeSpan _nextLook;
    private long _seen;

    /// <summary>How many there were as of the last look.</summary>
    internal long Kills => _seen;

    internal void Start()
    {
        if (!cgroup.Has("memory"))
            return;
        _seen = cgroup.ReadOomKills();
        _watch = cgroup.WatchOom();
        var interest = _watch.SignalsBeforeKill ? EventPollFlags.EPOLLIN : EventPollFlags.EPOLLPRI;
        loop.Add(_watch.Descriptor, interest, _ => OnSignal());
        loop.Add(_timer, EventPollFlags.EPOLLIN, _ => OnTimer());
    }

    /// <summary>Reads the counter now. After PID 1 was reaped this comes before its exit is published.</summary>
    internal void Look()
    {
        if (_watch is null)
            return;
        var kills = cgroup.ReadOomKills();
        if (kills <= _seen)
            return;
        var count = kills - _seen;
        _seen = kills;
        killed(count);
    }

    public void Dispose()
    {
        _watch?.Dispose();
        _timer.Dispose();
    }

    private void OnSignal()
    {
        // memory.events (version 2) stays ready until it is read again from the start by this very descriptor.
        Span<byte> ignored = stackalloc byte[256];
        if (!_watch!.SignalsBeforeKill)
            _watch.Descriptor.ReadFromStart(ignored);
        else
            _watch.Descriptor.Read(ignored);

        var before = _seen;
        Look();
        if (_watch.SignalsBeforeKill && _seen == before)
        {
            _nextLook = FirstLook;
            _timer.Arm(_nextLook);
        }
    }

    /// <summary>
    /// Version 1 signals the shortage, then picks and kills; the counter has no event of its own, so it is looked at
    /// again a few times. PID 1's own death does not wait for this: it looks for itself.
    /// </summary>
    private void OnTimer()
    {
        _timer.Clear();
        var before = _seen;
        Look();
        _nextLook *= 2;
        if (_seen == before && _nextLook <= LastLook)
            _timer.Arm(_nextLook);
    }
}
