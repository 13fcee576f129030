using ContainerChaos.Engine;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Recovery;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>What a trial waits on: the container's journal and the load, under one lock, with one way to wait for either.</summary>
internal sealed class TrialWatch : ILoadObserver, IDisposable
{
    private readonly object _gate = new();
    private readonly ContainerJournal _journal;
    private readonly SteadyStateOptions _steady;
    private readonly TrialStop _stop;
    private readonly List<LoadSample> _samples = [];
    private SteadyStateDetector? _detector;
    private bool _isSteady;
    private ThresholdVerdict? _abortedBy;

    internal TrialWatch(Container container, SteadyStateOptions steady, TrialStop stop)
    {
        _steady = steady;
        _stop = stop;
        _journal = new ContainerJournal(container, _gate);
    }

    /// <summary>The arrivals of the load; set before anything is waited for.</summary>
    internal ArrivalSchedule Schedule { get; set; } = new(0, 1);

    internal ContainerState State
    {
        get
        {
            lock (_gate)
                return _journal.State;
        }
    }

    internal bool IsDown
    {
        get
        {
            lock (_gate)
                return _journal.IsDown;
        }
    }

    internal IReadOnlyList<ContainerEvent> Events
    {
        get
        {
            lock (_gate)
                return [.. _journal.Events];
        }
    }

    internal IReadOnlyList<LoadSample> Samples
    {
        get
        {
            lock (_gate)
                return [.. _samples];
        }
    }

    public void OnSample(in LoadSample sample)
    {
        lock (_gate)
        {
            _samples.Add(sample);
            if (_detector is { } detector && !_isSteady && detector.Add(sample))
            {
                _isSteady = true;
                Monitor.PulseAll(_gate);
            }
        }
    }

    public void OnAbort(ThresholdVerdict verdict)
    {
        if (_stop.TryTrigger(verdict))
            return;
        lock (_gate)
        {
            _abortedBy = verdict;
            Monitor.PulseAll(_gate);
        }
    }

    public void Dispose() => _journal.Dispose();

    /// <summary>Takes in what the monitor wrote before an engine call returned.</summary>
    internal void Refresh() => _journal.Look();

    /// <summary>Waits for an event of a type that is no older than a moment.</summary>
    /// <returns>The event, or null when the deadline passed or <paramref name="orElse"/> became true.</returns>
    internal ContainerEvent? WaitForEvent(string type, long from, long deadline, CancellationToken cancellationToken, Func<ContainerJournal, bool>? orElse = null)
    {
        ContainerEvent? found = null;
        Wait(
            () => (found = RecoveryAnalysis.First(_journal.Events, type, from, long.MaxValue)) is not null || orElse?.Invoke(_journal) == true,
            deadline,
            cancellationToken);
        return found;
    }

    /// <summary>Waits until a moment has come.</summary>
    internal void WaitUntil(long moment, CancellationToken cancellationToken) => Wait(() => false, moment, cancellationToken);

    /// <summary>Waits until a PID 1 runs that is another than one which has ended, or until none will.</summary>
    /// <returns>Whether one runs.</returns>
    internal bool WaitForRunning(int ended, long deadline, CancellationToken cancellationToken)
    {
        bool runs = false;
        Wait(
            () => (runs = _journal.State is { Status: ContainerStatus.Running or ContainerStatus.Paused } state && state.Pid != ended) || _journal.IsDown,
            deadline,
            cancellationToken);
        return runs;
    }

    /// <summary>Waits until the load has been steady since a moment or later, or the container is down.</summary>
    /// <param name="origin">The moment, where the first window begins.</param>
    /// <param name="deadline">Until when to wait.</param>
    /// <param name="orDown">Whether to end when the container is down.</param>
    /// <param name="fromAnywhere">Whether it must have been so long enough to be found steady by somebody whose windows begin at another moment.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Whether it is steady.</returns>
    internal bool WaitForSteady(long origin, long deadline, bool orDown, bool fromAnywhere, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            // So many windows and one more hold so many whole ones, wherever these begin.
            _detector = new SteadyStateDetector(origin, Schedule, fromAnywhere ? _steady with { Windows = _steady.Windows + 1 } : _steady);
            _isSteady = false;
            foreach (LoadSample sample in _samples)
                _isSteady |= _detector.Add(sample);
        }

        Wait(() => _isSteady || (orDown && _journal.IsDown), deadline, cancellationToken);
        lock (_gate)
        {
            _detector = null;
            return _isSteady;
        }
    }

    private void Wait(Func<bool> condition, long deadline, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration registration = cancellationToken.Register(() =>
        {
            lock (_gate)
                Monitor.PulseAll(_gate);
        });
        lock (_gate)
        {
            while (!condition())
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (_abortedBy is { } verdict)
                    throw new TrialException($"the load was ended by a threshold: {verdict}");
                long left = deadline - MonotonicClock.Now;
                if (left <= 0)
                    return;
                Monitor.Wait(_gate, TimeSpan.FromMilliseconds(Math.Ceiling(left / 1e6)));
            }
        }
    }
}
