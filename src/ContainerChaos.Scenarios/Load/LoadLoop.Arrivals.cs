namespace ContainerChaos.Scenarios.Load;

internal sealed partial class LoadLoop
{
    private const long FailurePause = 1_000_000;

    private readonly ClosedLoop? _closed;
    private readonly PriorityQueue<int, long> _workers = new();
    private long _nextArrival;
    private long _nextDue;
    private long _issued;
    private long _missedUntil;
    private long _catchingUpUntil;
    private long _lastDeadline;
    private bool _isHeldBack;
    private long _dropped;
    private int _pending;
    private bool _dispatching;
    private int _peakPending;

    private long NextDue()
    {
        if (_closed is not null)
            return _workers.TryPeek(out _, out long due) ? due : long.MaxValue;
        // Those held back are called again when there is room; without anything on its way nothing else would.
        return _isHeldBack && _pending > 0 && _pending >= _options.MaxPending ? long.MaxValue : _nextDue;
    }

    private void Arrive(long until)
    {
        // Those that came while others were held back are as late as they; but a target that takes a timeout to catch up is slow itself.
        if (_isHeldBack && until < _catchingUpUntil)
            _missedUntil = until;
        _isHeldBack = false;
        while (_nextDue is var intended && intended <= until)
        {
            bool isMissed = intended <= _missedUntil;
            // Those that come all at once because this loop was late would fill the queue: no target can help that, so they wait for room.
            _isHeldBack = isMissed && _pending > 0 && _pending >= _options.MaxPending;
            if (_isHeldBack)
                break;

            _nextDue = Schedule.TimeOf(++_nextArrival);
            long now = MonotonicClock.Now;
            Late(now - intended);
            // Nor could anybody answer before it was asked.
            _lastDeadline = Math.Max(_lastDeadline, (isMissed ? now : intended) + _timeout);
            Arrive(intended, _lastDeadline);
            // A long burst of overdue arrivals must not keep answers waiting: their stamps would be wrong.
            if ((_nextArrival & 31) == 0)
                Poll();
        }

        if (_pending > 0)
            DispatchWaiting();
    }

    /// <summary>Lets the workers of a closed loop send that have rested.</summary>
    private void Work(long until)
    {
        while (_workers.TryPeek(out _, out long due) && due <= until)
        {
            _workers.Dequeue();
            long now = MonotonicClock.Now;
            Late(now - due);
            Schedule.Sends(now);
            Arrive(now, now + _timeout);
        }

        if (_pending > 0)
            DispatchWaiting();
    }

    private void Rest(in LoadSample sample)
    {
        long pause = _closed!.ThinkTime.Ticks * 100;
        _workers.Enqueue(0, sample.Completed + (sample.Succeeded ? pause : Math.Max(pause, FailurePause)));
    }

    private void Late(long nanoseconds)
    {
        _lateness.Record(nanoseconds);
        _judge?.AddLateness(nanoseconds);
    }

    private void Arrive(long intended, long deadline)
    {
        if (_calls is null)
            Issue(Begin(intended, deadline));
        else
            _calls.Begin(intended, deadline);
    }

    private void Issue(LoadRequest request)
    {
        if (_pending > 0 || !TryDispatch(request))
            Queue(request);
    }

    private void Queue(LoadRequest request)
    {
        if (_pending >= _options.MaxPending)
        {
            _dropped++;
            Complete(request, RequestOutcome.Dropped);
            return;
        }

        request.Queues++;
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
            if (!next.Done)
            {
                if (!TryDispatch(next))
                    break;
                _pending--;
            }

            _waiting.Dequeue();
            Leave(next);
        }

        _dispatching = false;
    }
}
