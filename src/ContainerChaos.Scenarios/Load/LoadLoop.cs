using System.Net;
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
    private readonly byte[][] _bytes;
    private readonly long _timeout;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly LoadConnection?[] _connections;
    private readonly Stack<int> _freeSlots = new();
    private readonly Stack<LoadConnection> _idle = new();
    private readonly Queue<LoadRequest> _waiting = new();
    private readonly Queue<LoadRequest> _deadlines = new();
    private readonly Stack<LoadRequest> _spare = new();
    private readonly SampleLog _samples = new();
    private readonly LogLinearHistogram _corrected = new();
    private readonly LogLinearHistogram _uncorrected = new();
    private readonly LogLinearHistogram _lateness = new();
    private readonly LoadCalls? _calls;
    private readonly ThresholdJudge? _judge;
    private ThresholdVerdict? _abortedBy;
    private uint _generation;
    private long _stopAt = long.MaxValue;
    private long _opened;
    private TimeSpan _processorTime;

    internal LoadLoop(LoadOptions options, ILoadObserver? observer)
    {
        _options = options;
        _observer = observer;
        _address = options.EndPoint.Serialize();
        _bytes = RequestBytes.Of(options);
        _timeout = options.Timeout.Ticks * 100;
        _connections = new LoadConnection?[options.MostConnections];
        for (int slot = _connections.Length - 1; slot >= 0; slot--)
            _freeSlots.Push(slot);
        Schedule = new ArrivalSchedule(MonotonicClock.Now + 1_000_000, options.Arrivals);
        _closed = options.Arrivals as ClosedLoop;
        for (int worker = 0; worker < _closed?.Workers; worker++)
            _workers.Enqueue(worker, Schedule.Start);
        _calls = options.Strategy is { } strategy ? LoadCalls.Create(this, strategy, _timeout) : null;
        _judge = options.Thresholds.Count > 0 ? new ThresholdJudge(options.Thresholds, Schedule.Start) : null;
        _nextDue = _closed is null ? Schedule.TimeOf(0) : long.MaxValue;
    }

    internal ArrivalSchedule Schedule { get; }

    public void Dispose() => _poller.Dispose();

    internal void RequestStop()
    {
        Interlocked.CompareExchange(ref _stopAt, MonotonicClock.Now, long.MaxValue);
        _poller.Wake();
    }

    internal void Wake() => _poller.Wake();

    internal IReadOnlyList<LoadSample> Snapshot() => _samples.ToArray();

    internal LoadResult Result() => new()
    {
        Schedule = Schedule,
        // What was held back when the load ended has not arrived.
        End = _closed is null ? Math.Min(Volatile.Read(ref _stopAt), _nextDue - 1) : Volatile.Read(ref _stopAt),
        Samples = Snapshot(),
        Corrected = _corrected,
        Uncorrected = _uncorrected,
        Lateness = _lateness,
        Dropped = _dropped,
        PeakPending = _peakPending,
        Connections = _opened,
        Attempts = _issued,
        Thresholds = _judge?.Verdicts ?? [],
        AbortedBy = _abortedBy,
        ProcessorTime = _processorTime,
    };

    internal void Run()
    {
        TimeSpan before = ThreadProcessorTime.Current;
        TimerSlack.SetOfThisThread(1);
        _calls?.Attach();
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

            if (_closed is null)
                Arrive(Math.Min(now, stopAt));
            else if (now < stopAt)
                Work(now);
            // In this order: what a client gives up leaves the queue of the deadlines at once, and nobody sleeps until it.
            _calls?.Advance(now);
            Expire(now);
            if (_judge is not null && now < stopAt)
                Judge(now);
            if (now >= stopAt && _deadlines.Count == 0 && _calls is not { Open: > 0 })
                break;
            long due = now >= stopAt ? long.MaxValue : NextDue();
            if (_judge is not null && now < stopAt)
                due = Math.Min(due, _judge.NextDue);
            if (_calls is not null)
                due = Math.Min(due, _calls.NextDue);
            if (_deadlines.TryPeek(out LoadRequest? oldest))
                due = Math.Min(due, oldest.Deadline);
            int count = _poller.Wait(ready, due - MonotonicClock.Now);
            wanted = Math.Max(now, Math.Min(due, MonotonicClock.Now));
            for (int i = 0; i < count; i++)
                if (ready[i].Token != SocketPoller.WakeToken)
                    Handle(ready[i].Token, ready[i].Events);
        }

        _judge?.Judge(MonotonicClock.Now, isEnd: true);
        foreach (LoadConnection? connection in _connections)
            connection?.Socket.Dispose();
        _processorTime = ThreadProcessorTime.Current - before;
    }

    private void Judge(long now)
    {
        if (_judge!.Judge(now) is not { } fatal)
            return;
        _abortedBy = fatal;
        RequestStop();
        _observer?.OnAbort(fatal);
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
        for (int rest = _connections.Length; rest > 0; rest -= 64)
            if (Poll() < 64)
                return;
    }

    private void Expire(long now)
    {
        // An answer that is here counts, even if this loop comes late to read it.
        if (_deadlines.TryPeek(out LoadRequest? next) && !next.Done && next.Deadline <= now)
            PollAll();
        while (_deadlines.TryPeek(out LoadRequest? oldest) && (oldest.Done || oldest.Deadline <= now))
        {
            _deadlines.Dequeue();
            if (!oldest.Done)
            {
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

            Leave(oldest);
        }
    }

    private LoadRequest Begin(long intended, long deadline)
    {
        if (!_spare.TryPop(out LoadRequest? request))
            request = new LoadRequest();
        request.Begin(intended, deadline, _bytes[_issued++ % _bytes.Length]);
        request.Queues = 1;
        _deadlines.Enqueue(request);
        return request;
    }

    /// <summary>A request that has left one of the queues can be used again when it was the last.</summary>
    private void Leave(LoadRequest request)
    {
        if (--request.Queues == 0)
            _spare.Push(request);
    }

    private void Complete(LoadRequest request, RequestOutcome outcome, short status = 0)
    {
        request.Done = true;
        request.Connection = null;
        if (request.Attempt is { } attempt)
        {
            attempt.Request = null;
            _calls!.Finish(attempt, new AttemptOutcome(outcome, status, request.Sent));
        }
        else
        {
            Record(request.Intended, request.Sent, outcome, status);
        }
    }

    /// <summary>Sends an attempt of a request.</summary>
    internal void Send(LoadAttempt attempt, long intended, long deadline)
    {
        LoadRequest request = Begin(intended, deadline);
        request.Attempt = attempt;
        attempt.Request = request;
        Issue(request);
    }

    /// <summary>Gives up a request that nobody waits for any more; with its connection, on which an answer may still come.</summary>
    internal void Abandon(LoadRequest request)
    {
        request.Done = true;
        if (request.Connection is { } connection)
        {
            request.Connection = null;
            connection.Current = null;
            Close(connection);
        }
        else
        {
            _pending--;
        }
    }

    /// <summary>Notes what became of a request of the load.</summary>
    internal void Record(long intended, long sent, RequestOutcome outcome, short status)
    {
        long now = MonotonicClock.Now;
        var sample = new LoadSample(intended, sent == 0 ? now : sent, now, outcome, status);
        if (sample.Succeeded)
        {
            _corrected.Record(sample.Latency);
            _uncorrected.Record(sample.ServiceTime);
        }

        _samples.Add(sample);
        _judge?.Add(sample);
        if (_closed is not null)
            Rest(sample);
        _observer?.OnSample(sample);
    }
}
