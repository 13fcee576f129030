using System.Net;
using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Scenarios.Load;

/// <summary>The event loop of a load: arrivals by the clock, connections by readiness, outcomes to the samples.</summary>
internal sealed partial class LoadLoop : IDisposable
{
    /// <summary>How much later than it wanted the loop has to be for the arrivals in between to count as missed by it, and not by the target: 20 ms.</summary>
    private const long Stall = 20_000_000;

    private readonly LoadOptions _options;
    private readonly ILoadObserver? _observer;
    private readonly SocketPoller _poller = new();
    private readonly SocketAddress _address;
    private readonly byte[] _request;
    private readonly long _timeout;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly LoadConnection?[] _connections;
    private readonly Stack<int> _freeSlots = new();
    private readonly Stack<LoadConnection> _idle = new();
    private readonly Queue<LoadRequest> _waiting = new();
    private readonly Queue<LoadRequest> _deadlines = new();
    private readonly Lock _samplesLock = new();
    private readonly List<LoadSample> _samples = [];
    private readonly LogLinearHistogram _corrected = new();
    private readonly LogLinearHistogram _uncorrected = new();
    private readonly LogLinearHistogram _lateness = new();
    private uint _generation;
    private long _nextArrival;
    private long _missedUntil;
    private long _catchingUpUntil;
    private long _lastDeadline;
    private bool _isHeldBack;
    private long _stopAt = long.MaxValue;
    private long _dropped;
    private long _opened;
    private int _pending;
    private bool _dispatching;
    private int _peakPending;
    private TimeSpan _processorTime;

    internal LoadLoop(LoadOptions options, ILoadObserver? observer)
    {
        _options = options;
        _observer = observer;
        _address = options.EndPoint.Serialize();
        string host = options.EndPoint is IPEndPoint ip ? ip.ToString() : "localhost";
        _request = Encoding.ASCII.GetBytes($"GET {options.Path} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        _timeout = options.Timeout.Ticks * 100;
        _connections = new LoadConnection?[options.MaxConnections];
        for (int slot = options.MaxConnections - 1; slot >= 0; slot--)
            _freeSlots.Push(slot);
        Schedule = new ArrivalSchedule(MonotonicClock.Now + 1_000_000, options.Rate);
    }

    internal ArrivalSchedule Schedule { get; }

    public void Dispose() => _poller.Dispose();

    internal void RequestStop()
    {
        Interlocked.CompareExchange(ref _stopAt, MonotonicClock.Now, long.MaxValue);
        _poller.Wake();
    }

    internal IReadOnlyList<LoadSample> Snapshot()
    {
        lock (_samplesLock)
            return _samples.ToArray();
    }

    internal LoadResult Result() => new()
    {
        Schedule = Schedule,
        End = Volatile.Read(ref _stopAt),
        Samples = Snapshot(),
        Corrected = _corrected,
        Uncorrected = _uncorrected,
        Lateness = _lateness,
        Dropped = _dropped,
        PeakPending = _peakPending,
        Connections = _opened,
        ProcessorTime = _processorTime,
    };

    internal void Run()
    {
        TimeSpan before = ThreadProcessorTime.Current;
        Span<(ulong Token, uint Events)> ready = stackalloc (ulong, uint)[64];
        long wanted = MonotonicClock.Now;
        while (true)
        {
            long stopAt = Volatile.Read(ref _stopAt);
            long now = MonotonicClock.Now;
            if (now - wanted > Stall)
            {
                // The machine let this thread wait. What was answered meanwhile is answered, and what was closed is closed.
                _missedUntil = now;
                _catchingUpUntil = now + _timeout;
                PollAll();
            }

            Arrive(Math.Min(now, stopAt));
            Expire(now);
            if (now >= stopAt && _deadlines.Count == 0)
                break;
            long due = now >= stopAt || _isHeldBack ? long.MaxValue : Schedule.TimeOf(_nextArrival);
            if (_deadlines.TryPeek(out LoadRequest? oldest))
                due = Math.Min(due, oldest.Deadline);
            int count = _poller.Wait(ready, due - MonotonicClock.Now);
            wanted = Math.Max(now, Math.Min(due, MonotonicClock.Now));
            for (int i = 0; i < count; i++)
                if (ready[i].Token != SocketPoller.WakeToken)
                    Handle(ready[i].Token, ready[i].Events);
        }

        foreach (LoadConnection? connection in _connections)
            connection?.Socket.Dispose();
        _processorTime = ThreadProcessorTime.Current - before;
    }

    private void Arrive(long until)
    {
        // Those that came while others were held back are as late as they; but a target that takes a timeout to catch up is slow itself.
        if (_isHeldBack && until < _catchingUpUntil)
            _missedUntil = until;
        _isHeldBack = false;
        while (Schedule.TimeOf(_nextArrival) is var intended && intended <= until)
        {
            bool isMissed = intended <= _missedUntil;
            // Those that come all at once because this loop was late would fill the queue: no target can help that, so they wait for room.
            _isHeldBack = isMissed && _pending > 0 && _pending >= _options.MaxPending;
            if (_isHeldBack)
                break;

            _nextArrival++;
            long now = MonotonicClock.Now;
            _lateness.Record(now - intended);
            // Nor could anybody answer before it was asked.
            _lastDeadline = Math.Max(_lastDeadline, (isMissed ? now : intended) + _timeout);
            var request = new LoadRequest(intended, _lastDeadline);
            _deadlines.Enqueue(request);
            if (_pending > 0 || !TryDispatch(request))
                Queue(request);
            // A long burst of overdue arrivals must not keep answers waiting: their stamps would be wrong.
            if ((_nextArrival & 31) == 0)
                Poll();
        }

        if (_pending > 0)
            DispatchWaiting();
    }

    private int Poll()
    {
        Span<(ulong Token, uint Events)> ready = stackalloc (ulong, uint)[64];
        int count = _poller.Wait(ready, 0);
        for (int i = 0; i < count; i++)
            if (ready[i].Token != SocketPoller.WakeToken)
                Handle(ready[i].Token, ready[i].Events);
        return count;
    }

    /// <summary>All that is ready now; not for ever, since what it sends may be answered at once.</summary>
    private void PollAll()
    {
        for (int rest = _options.MaxConnections; rest > 0; rest -= 64)
            if (Poll() < 64)
                return;
    }

    private void Queue(LoadRequest request)
    {
        if (_pending >= _options.MaxPending)
        {
            _dropped++;
            Complete(request, RequestOutcome.Dropped);
            return;
        }

        _waiting.Enqueue(request);
        _peakPending = Math.Max(_peakPending, ++_pending);
    }

    private void DispatchWaiting()
    {
        // A request that fails at once frees its connection and would come back here for the same head of the queue.
        if (_dispatching)
            return;
        _dispatching = true;
        while (_waiting.TryPeek(out LoadRequest? next))
        {
            // One that expired while it waited has left the count already.
            if (next.Done)
            {
                _waiting.Dequeue();
                continue;
            }

            if (!TryDispatch(next))
                break;
            _waiting.Dequeue();
            _pending--;
        }

        _dispatching = false;
    }

    private void Expire(long now)
    {
        // An answer that is here counts, even if this loop comes late to read it.
        if (_deadlines.TryPeek(out LoadRequest? next) && !next.Done && next.Deadline <= now)
            PollAll();
        while (_deadlines.TryPeek(out LoadRequest? oldest) && (oldest.Done || oldest.Deadline <= now))
        {
            _deadlines.Dequeue();
            if (oldest.Done)
                continue;
            if (oldest.Connection is { } connection)
            {
                connection.Current = null;
                Close(connection);
            }
            else
            {
                _pending--;
            }

            Complete(oldest, RequestOutcome.TimedOut);
        }
    }

    private void Complete(LoadRequest request, RequestOutcome outcome, short status = 0)
    {
        long now = MonotonicClock.Now;
        request.Done = true;
        request.Connection = null;
        var sample = new LoadSample(request.Intended, request.Sent == 0 ? now : request.Sent, now, outcome, status);
        if (sample.Succeeded)
        {
            _corrected.Record(sample.Latency);
            _uncorrected.Record(sample.ServiceTime);
        }

        lock (_samplesLock)
            _samples.Add(sample);
        _observer?.OnSample(sample);
    }
}
