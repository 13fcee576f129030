using ContainerChaos.Linux;

namespace ContainerChaos.Scenarios.Load;

internal sealed partial class LoadLoop
{
    // Gives the request to an idle or a new connection. True as well when that failed for good: it is then complete.
    private bool TryDispatch(LoadRequest request)
    {
        if (_idle.TryPop(out LoadConnection? idle))
        {
            Begin(idle, request);
            return true;
        }

        if (_freeSlots.Count == 0)
            return false;
        StreamSocket socket = StreamSocket.Open(_options.EndPoint.AddressFamily);
        Errno error = socket.Connect(_address);
        if (error is not (Errno.None or Errno.EINPROGRESS))
        {
            socket.Dispose();
            // A Unix socket's backlog is full, which a blocking connect would wait for: so does the request.
            if (error == Errno.EAGAIN)
                return false;
            Complete(request, error == Errno.EADDRNOTAVAIL ? RequestOutcome.NoLocalPort : RequestOutcome.Refused);
            return true;
        }

        _opened++;
        var connection = new LoadConnection(socket, _freeSlots.Pop())
        {
            // The generation tells a late event of a closed socket from one of its successor in the same slot.
            Generation = ++_generation & 0x7fffffff,
            Connecting = error == Errno.EINPROGRESS,
        };
        _connections[connection.Slot] = connection;
        _poller.Add(socket, connection.Connecting ? SocketPoller.Writable : SocketPoller.Readable, connection.Token);
        Begin(connection, request);
        return true;
    }

    private void Begin(LoadConnection connection, LoadRequest request)
    {
        connection.Current = request;
        connection.Unsent = request.Bytes.Length;
        connection.Reader.Reset();
        request.Connection = connection;
        if (!connection.Connecting)
            Send(connection);
    }

    private void Send(LoadConnection connection)
    {
        LoadRequest request = connection.Current!;
        if (request.Sent == 0)
            request.Sent = MonotonicClock.Now;
        byte[] bytes = request.Bytes;
        int sent = connection.Socket.Send(bytes.AsSpan(bytes.Length - connection.Unsent), out Errno error);
        if (sent < 0 && error != Errno.EAGAIN)
        {
            Fail(connection, RequestOutcome.Reset);
            return;
        }

        bool waited = connection.Unsent < bytes.Length || sent < bytes.Length;
        connection.Unsent -= Math.Max(0, sent);
        if (waited)
            _poller.Modify(
                connection.Socket,
                connection.Unsent > 0 ? SocketPoller.Readable | SocketPoller.Writable : SocketPoller.Readable,
                connection.Token);
    }

    private void Handle(ulong token, uint events)
    {
        int slot = (int)(uint)token;
        if (_connections[slot] is not { } connection || connection.Token != token)
            return;
        if (connection.Connecting)
        {
            if (connection.Socket.TakeError() != Errno.None || (events & SocketPoller.HangUp) != 0)
            {
                Fail(connection, RequestOutcome.Refused);
                return;
            }

            connection.Connecting = false;
            _poller.Modify(connection.Socket, SocketPoller.Readable, connection.Token);
            Send(connection);
            return;
        }

        if ((events & SocketPoller.Writable) != 0 && connection.Unsent > 0)
            Send(connection);
        if ((events & (SocketPoller.Readable | SocketPoller.HangUp | SocketPoller.Error)) != 0
            && ReferenceEquals(_connections[slot], connection))
            Receive(connection);
    }

    private void Receive(LoadConnection connection)
    {
        while (true)
        {
            int received = connection.Socket.Receive(_buffer, out Errno error);
            if (received < 0 && error is Errno.EAGAIN or Errno.EINTR)
                return;
            if (connection.Current is not { } request)
            {
                // The peer closed an idle connection, or speaks out of turn: neither is a failed request.
                Close(connection);
                return;
            }

            HttpResponseReader reader = connection.Reader;
            HttpResponseReader.Progress progress = received > 0 ? reader.Feed(_buffer.AsSpan(0, received)) : reader.End();
            if (progress == HttpResponseReader.Progress.Complete)
            {
                connection.Current = null;
                bool keep = received > 0 && reader.KeepAlive && _options.KeepAlive;
                if (!keep)
                    Close(connection);
                Complete(
                    request,
                    reader.Status is >= 200 and < 400 ? RequestOutcome.Success : RequestOutcome.ErrorStatus,
                    reader.Status);
                if (keep)
                    _idle.Push(connection);
                if (_pending > 0)
                    DispatchWaiting();
                return;
            }

            if (received <= 0 || progress == HttpResponseReader.Progress.Malformed)
            {
                Fail(connection, received <= 0 ? RequestOutcome.Reset : RequestOutcome.BadResponse);
                return;
            }

            if (received < _buffer.Length)
                return;
        }
    }

    private void Fail(LoadConnection connection, RequestOutcome outcome)
    {
        LoadRequest? request = connection.Current;
        connection.Current = null;
        Close(connection);
        if (request is not null)
            Complete(request, outcome);
        if (_pending > 0)
            DispatchWaiting();
    }

    private void Close(LoadConnection connection)
    {
        if (!ReferenceEquals(_connections[connection.Slot], connection))
            return;
        _connections[connection.Slot] = null;
        _freeSlots.Push(connection.Slot);
        connection.Socket.Dispose();
        if (_idle.Contains(connection))
        {
            LoadConnection[] rest = [.. _idle.Where(c => !ReferenceEquals(c, connection)).Reverse()];
            _idle.Clear();
            foreach (LoadConnection other in rest)
                _idle.Push(other);
        }
    }
}
