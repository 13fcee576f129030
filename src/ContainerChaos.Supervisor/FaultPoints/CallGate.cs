using System.Diagnostics;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>Answers a container's intercepted calls: at once that they may happen, or what the faults in force say.</summary>
/// <remarks>
/// A thread of its own receives and answers; what has to wait is answered from the event loop. This is for faults, and protects nothing: a
/// thread can change what a call points at after it was looked at (seccomp_unotify(2), caveats).
/// </remarks>
internal sealed unsafe class CallGate : IDisposable
{
    private readonly CallListener _listener;
    private readonly CallJournal _journal;
    private readonly EventLoop _loop;
    private readonly TimerFd _timer = TimerFd.Create();
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Waiting, long> _waiting = new();
    private volatile ActiveRule[] _rules = [];

    internal CallGate(CallListener listener, CallJournal journal, EventLoop loop)
    {
        _listener = listener;
        _journal = journal;
        _loop = loop;
        loop.Add(_timer, EventPollFlags.EPOLLIN, _ => OnTimer());
        listener.TryWakeOnOneProcessor();
        journal.Settle(id => listener.Continue(id));
    }

    /// <summary>A call that is answered later.</summary>
    private readonly record struct Waiting(ulong Id, int Slot, ActiveRule Rule);

    /// <summary>Begins to answer.</summary>
    internal void Start() => new Thread(Answer, 256 * 1024) { IsBackground = true, Name = "answers" }.Start();

    /// <summary>Does something while no call is looked at.</summary>
    internal void WhileQuiet(Action work)
    {
        lock (_lock)
            work();
    }

    internal void Add(ActiveRule rule)
    {
        lock (_lock)
            _rules = [.. _rules, rule];
    }

    /// <summary>Takes a rule back. No call is subject to it when this returns: those that it has wait are let go.</summary>
    internal void Remove(ActiveRule rule)
    {
        lock (_lock)
        {
            _rules = [.. _rules.Where(other => other != rule)];
            var others = _waiting.UnorderedItems.Where(item => item.Element.Rule != rule).ToArray();
            foreach (var (waiting, _) in _waiting.UnorderedItems)
            {
                if (waiting.Rule != rule)
                    continue;
                _listener.Continue(waiting.Id);
                _journal.Free(waiting.Slot);
            }
            _waiting.Clear();
            _waiting.EnqueueRange(others);
        }
    }

    /// <summary>The rule with an id; null when there is none.</summary>
    internal ActiveRule? Find(string id) => Array.Find(_rules, rule => rule.Rule.Id == id);

    public void Dispose() => _loop.Close(_timer);

    private void Answer()
    {
        while (true)
        {
            _journal.Clear();
            if (_listener.Receive(_journal.Current))
            {
                if (_rules.Length == 0)
                    _listener.Continue(_journal.Current->Id);
                else
                    Decide(in *_journal.Current);
            }
            else if (IsOver())
            {
                return;
            }
        }
    }

    private void Decide(in InterceptedCall call)
    {
        lock (_lock)
        {
            foreach (var rule in _rules)
            {
                if (!rule.Applies(call))
                    continue;
                if (rule.Rule.Delay > TimeSpan.Zero && _journal.Keep(call.Id) is >= 0 and var slot)
                    Wait(new Waiting(call.Id, slot, rule));
                else
                    Finish(call.Id, rule.Rule);
                return;
            }
            _listener.Continue(call.Id);
        }
    }

    private void Wait(Waiting call)
    {
        var due = Stopwatch.GetTimestamp() + (long)(call.Rule.Rule.Delay.TotalSeconds * Stopwatch.Frequency);
        _waiting.Enqueue(call, due);
        if (_waiting.Peek() == call)
            _timer.Arm(call.Rule.Rule.Delay);
    }

    private void OnTimer()
    {
        lock (_lock)
        {
            _timer.Clear();
            while (_waiting.TryPeek(out var call, out var due))
            {
                var left = due - Stopwatch.GetTimestamp();
                if (left > 0)
                {
                    _timer.Arm(TimeSpan.FromSeconds((double)left / Stopwatch.Frequency));
                    return;
                }
                _waiting.Dequeue();
                Finish(call.Id, call.Rule.Rule);
                _journal.Free(call.Slot);
            }
        }
    }

    private void Finish(ulong id, CallRule rule)
    {
        if (rule.Errno == 0)
            _listener.Continue(id);
        else
            _listener.Fail(id, (Errno)rule.Errno);
    }

    /// <summary>Whether nobody is left who could call: then nothing is waited for any more.</summary>
    private bool IsOver()
    {
        using var poll = new EventPoll();
        poll.Add(_listener, EventPollFlags.None, 0);
        return poll.Wait(TimeSpan.Zero, static (_, _) => { }) > 0;
    }
}
