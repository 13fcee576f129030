using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios.Recovery;

/// <summary>
/// Finds, while samples still come in and in whatever order they complete, the first k consecutive windows in which
/// every arrival of the schedule succeeded inside the latency objective.
/// </summary>
/// <remarks>Not synchronised: the caller feeds it from one thread or under a lock.</remarks>
public sealed class SteadyStateDetector
{
    private readonly long _origin;
    private readonly long _window;
    private readonly int _windows;
    private readonly long _objective;
    private readonly ArrivalSchedule _schedule;
    private readonly List<int> _good = [];

    /// <summary>Creates a detector.</summary>
    /// <param name="origin">Where the first window begins, monotonic nanoseconds; earlier requests do not count.</param>
    /// <param name="schedule">The arrivals, which tell how many requests a window must have.</param>
    /// <param name="options">What counts as steady.</param>
    public SteadyStateDetector(long origin, ArrivalSchedule schedule, SteadyStateOptions options)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        ArgumentNullException.ThrowIfNull(options);
        _origin = origin;
        _schedule = schedule;
        _window = Math.Max(1, options.Window.Ticks * 100);
        _windows = Math.Max(1, options.Windows);
        _objective = options.LatencyObjective.Ticks * 100;
    }

    /// <summary>The begin of the first steady stretch, or null as long as there is none.</summary>
    public long? SteadySince { get; private set; }

    /// <summary>Takes a completed request.</summary>
    /// <param name="sample">The request.</param>
    /// <returns>Whether the service is known to be steady.</returns>
    public bool Add(in LoadSample sample)
    {
        if (SteadySince is not null)
            return true;
        if (sample.Intended < _origin || !sample.Succeeded || sample.Latency > _objective)
            return false;
        int index = (int)((sample.Intended - _origin) / _window);
        while (_good.Count <= index)
            _good.Add(0);
        _good[index]++;
        if (IsGood(index))
            Search(index);
        return SteadySince is not null;
    }

    // A window without arrivals proves nothing by itself, but does not break a stretch either.
    private bool IsGood(int index)
    {
        long begin = _origin + (index * _window);
        if (!_schedule.IsKnownUntil(begin + _window))
            return false;
        int expected = _schedule.CountBetween(begin, begin + _window);
        return expected == 0 || (index < _good.Count && _good[index] >= expected);
    }

    private void Search(int around)
    {
        int first = around;
        while (first > 0 && around - first < _windows && IsGood(first - 1))
            first--;
        int run = 0;
        for (int i = first; i < _good.Count; i++)
        {
            run = IsGood(i) ? run + 1 : 0;
            if (run < _windows)
                continue;
            SteadySince = _origin + ((i - _windows + 1) * _window);
            return;
        }
    }
}
