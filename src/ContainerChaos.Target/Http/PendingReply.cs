namespace ContainerChaos.Target.Http;

/// <summary>The answer that a request still waits for. Sending it is without effect when the client has left meanwhile.</summary>
internal readonly struct PendingReply(Connection connection, uint generation)
{
    public void Send(int status, ReadOnlySpan<byte> json)
    {
        if (connection is not null && connection.Generation == generation) connection.Reply(status, json);
    }
}
