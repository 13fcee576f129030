using System.Collections.Concurrent;

namespace ContainerChaos.Scenarios.Load;

/// <summary>Brings the continuations of a client's awaits back to the thread of its loop.</summary>
internal sealed class LoopContext(Action wake) : SynchronizationContext
{
    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _posted = new();

    public override void Post(SendOrPostCallback d, object? state)
    {
        _posted.Enqueue((d, state));
        if (Current != this)
            wake();
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("The loop waits for nobody.");

    public override SynchronizationContext CreateCopy() => this;

    internal bool HasWork => !_posted.IsEmpty;

    internal void Run()
    {
        while (_posted.TryDequeue(out (SendOrPostCallback Callback, object? State) work))
            work.Callback(work.State);
    }
}
