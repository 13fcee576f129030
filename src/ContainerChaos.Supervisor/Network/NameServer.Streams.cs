using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>The name server's TCP side (RFC 7766): each message has its length before it, and a connection carries many.</summary>
internal sealed partial class NameServer
{
    /// <summary>How many connections a container has at once; the one that was idle the longest makes room for the next.</summary>
    private const int MaximumConnections = 32;

    private readonly List<Connection> _connections = [];

    private void OnConnection()
    {
        for (var i = 0; i < MaximumBurst; i++)
        {
            if (_listener.Accept(out _) is not { } socket)
                return;
            if (_connections.Count == MaximumConnections)
                Close(_connections[0]);
            var connection = new Connection(socket);
            _connections.Add(connection);
            _loop.Add(socket, EventPollFlags.EPOLLIN, events => OnReadable(connection, events));
        }
    }

    private void OnReadable(Connection connection, EventPollFlags events)
    {
        // Gone in both directions; what it still waits for is nobody's.
        if ((events & (EventPollFlags.EPOLLERR | EventPollFlags.EPOLLHUP)) != 0 || !connection.Frame.TryReceive(connection.Socket, _buffer))
            Close(connection);
        else
            Serve(connection);
    }

    /// <summary>Answers one query after the other. What comes behind one that others are asked about waits in the socket meanwhile.</summary>
    private void Serve(Connection connection)
    {
        connection.IsServing = true;
        while (!connection.IsClosed && !connection.IsWaiting && connection.Frame.Take() is { } query)
        {
            connection.IsWaiting = true;
            _connections.Remove(connection);
            _connections.Add(connection);
            if (query.Length < 12)
                Close(connection);
            else
                Handle(query, answer => Answer(connection, answer), isStream: true);
        }
        connection.IsServing = false;
        if (!connection.IsClosed)
            _loop.Modify(connection.Socket, connection.IsWaiting ? EventPollFlags.None : EventPollFlags.EPOLLIN);
    }

    private void Answer(Connection connection, ReadOnlySpan<byte> answer)
    {
        if (connection.IsClosed)
            return;
        // One who doesn't read has no room for a single answer any more.
        if (!NameFrame.TrySend(connection.Socket, answer))
        {
            Close(connection);
            return;
        }
        connection.IsWaiting = false;
        if (!connection.IsServing)
            Serve(connection);
    }

    private void Close(Connection connection)
    {
        connection.IsClosed = true;
        _connections.Remove(connection);
        _loop.Close(connection.Socket);
    }

    private void OnStreamReady(Pending pending, EventPollFlags events)
    {
        var socket = pending.Socket!;
        if (events.HasFlag(EventPollFlags.EPOLLOUT))
        {
            if (socket.TakeError() != Errno.None || !NameFrame.TrySend(socket, pending.Query))
                Conclude(pending, []);
            else
                _loop.Modify(socket, EventPollFlags.EPOLLIN);
            return;
        }
        if (!pending.Frame!.TryReceive(socket, _buffer))
            Conclude(pending, []);
        else if (pending.Frame.Take() is { } answer)
            Conclude(pending, answer.Length >= 12 && answer.AsSpan(0, 2).SequenceEqual(pending.Query.AsSpan(0, 2)) ? answer : []);
    }

    private sealed class Connection(InternetSocket socket)
    {
        internal InternetSocket Socket { get; } = socket;

        internal NameFrame Frame { get; } = new();

        /// <summary>A query of it is not answered yet.</summary>
        internal bool IsWaiting { get; set; }

        /// <summary>Its answers are being made: one that is there at once does not begin with the next.</summary>
        internal bool IsServing { get; set; }

        internal bool IsClosed { get; set; }
    }
}
