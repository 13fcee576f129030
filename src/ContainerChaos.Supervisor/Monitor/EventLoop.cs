using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>One thread that waits for everything at once and calls what belongs to it.</summary>
internal sealed class EventLoop : IDisposable
{
    private readonly EventPoll _poll = new();
    private readonly Dictionary<long, Action<EventPollFlags>> _handlers = [];
    private readonly Dictionary<FileDescriptor, long> _keys = [];
    private readonly Action<long, EventPollFlags> _dispatch;
    private long _nextKey = 1;

    internal EventLoop() => _dispatch = Dispatch;

    /// <summary>Whether <see cref="Run"/> returns.</summary>
    internal bool IsStopped { get; private set; }

    internal void Add(FileDescriptor descriptor, EventPollFlags events, Action<EventPollFlags> handler)
    {
        var key = _nextKey++;
        _handlers[key] = handler;
        _keys[descriptor] = key;
        _poll.Add(descriptor, events, key);
    }

    internal void Modify(FileDescriptor descriptor, EventPollFlags events) => _poll.Modify(descriptor, events, _keys[descriptor]);

    /// <summary>Takes a descriptor out; an event of it that is already on its way is dropped.</summary>
    internal void Remove(FileDescriptor descriptor)
    {
        if (!_keys.Remove(descriptor, out var key))
            return;
        _handlers.Remove(key);
        _poll.Remove(descriptor);
    }

    /// <summary>Takes a descriptor out and closes it.</summary>
    internal void Close(FileDescriptor descriptor)
    {
        Remove(descriptor);
        descriptor.Dispose();
    }

    internal void Run()
    {
        while (!IsStopped)
            _poll.Wait(Timeout.InfiniteTimeSpan, _dispatch);
    }

    internal void Stop() => IsStopped = true;

    public void Dispose() => _poll.Dispose();

    private void Dispatch(long key, EventPollFlags events)
    {
        if (!IsStopped && _handlers.TryGetValue(key, out var handler))
            handler(events);
    }
}
