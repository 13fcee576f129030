namespace ContainerChaos.Supervisor;

/// <summary>A container's events as they happen, from the moment of the subscription until its monitor ends.</summary>
public sealed class EventStream : IDisposable
{
    private readonly MonitorClient _client;

    internal EventStream(MonitorClient client) => _client = client;

    /// <summary>Waits for the next event.</summary>
    /// <returns>Null when the monitor has ended: the container is down, or the monitor was killed.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public ContainerEvent? Next(CancellationToken cancellation = default)
    {
        while (_client.Receive(cancellation) is { } reply)
        {
            if (reply.Event is { } containerEvent)
                return containerEvent;
        }
        return null;
    }

    /// <summary>Ends the subscription.</summary>
    public void Dispose() => _client.Dispose();
}
