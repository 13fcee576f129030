using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>One connection through a <see cref="TcpProxy"/>: two sockets with a pipe for each direction.</summary>
internal sealed class TcpRelay : IDisposable
{
    private readonly EventLoop _loop;
    private readonly InternetSocket _client;
    private readonly InternetSocket _server;
    private readonly Direction _up;
    private readonly Direction _down;
    private readonly Action<TcpRelay> _ended;
    private EventPollFlags _clientWaits = EventPollFlags.None;
    private EventPollFlags _serverWaits = EventPollFlags.EPOLLOUT;
    private bool _connected;
    private bool _disposed;

    /// <exception cref="ErrnoException">The target can't be reached, or there are no descriptors left; nothing of the relay is.</exception>
    internal TcpRelay(EventLoop loop, InternetSocket client, IPEndPoint target, Action<TcpRelay> ended)
    {
        _loop = loop;
        _client = client;
        _ended = ended;
        _server = InternetSocket.BeginConnect(target);
        try
        {
            _up = new Direction(_client, _server);
            _down = new Direction(_server, _client);
        }
        catch
        {
            _server.Dispose();
            _up?.Dispose();
            throw;
        }
        _loop.Add(_client, _clientWaits, events => OnReady(events, ofServer: false));
        _loop.Add(_server, _serverWaits, events => OnReady(events, ofServer: true));
    }

    private void OnReady(EventPollFlags events, bool ofServer)
    {
        if (!_connected)
        {
            // Before the connection stands, the client can only be gone.
            if (!ofServer || _server.TakeError() != Errno.None)
            {
                Dispose();
                return;
            }
            _connected = true;
        }
        if (events.HasFlag(EventPollFlags.EPOLLERR) || !_up.Move() || !_down.Move() || (_up.IsOver && _down.IsOver))
        {
            Dispose();
            return;
        }
        Wait(_client, ref _clientWaits, reads: _up, writes: _down);
        Wait(_server, ref _serverWaits, reads: _down, writes: _up);
    }

    private void Wait(InternetSocket socket, ref EventPollFlags current, Direction reads, Direction writes)
    {
        var wanted = (reads.WaitsToRead ? EventPollFlags.EPOLLIN : EventPollFlags.None) | (writes.WaitsToWrite ? EventPollFlags.EPOLLOUT : EventPollFlags.None);
        if (wanted == current)
            return;
        current = wanted;
        _loop.Modify(socket, wanted);
    }

    /// <summary>Ends it with the container: what that said last, and was not read yet, still goes to the client.</summary>
    internal void End()
    {
        if (!_disposed && _connected)
            _down.Move();
        Dispose();
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _loop.Close(_client);
        _loop.Close(_server);
        _up.Dispose();
        _down.Dispose();
        _ended(this);
    }

    private sealed class Direction : IDisposable
    {
        private const int Chunk = 64 * 1024;

        private readonly InternetSocket _from;
        private readonly InternetSocket _to;
        private readonly FileDescriptor _read;
        private readonly FileDescriptor _write;
        private int _held;
        private bool _ended;

        internal Direction(InternetSocket from, InternetSocket to)
        {
            _from = from;
            _to = to;
            (_read, _write) = FileDescriptor.Pipe();
        }

        internal bool WaitsToRead => !_ended && _held == 0;

        internal bool WaitsToWrite => _held > 0;

        internal bool IsOver { get; private set; }

        /// <summary>Moves what can be moved now, but not for ever: others wait as well.</summary>
        /// <returns>False when the connection is broken.</returns>
        internal bool Move()
        {
            const int rounds = 8;
            for (var i = 0; i < rounds && !IsOver; i++)
            {
                if (_held == 0 && !_ended)
                {
                    var read = InternetSocket.Splice(_from, _write, Chunk, out var error);
                    if (read < 0)
                        return error == Errno.EAGAIN;
                    _held = read;
                    _ended = read == 0;
                }
                while (_held > 0)
                {
                    var written = InternetSocket.Splice(_read, _to, _held, out var error);
                    if (written <= 0)
                        return error == Errno.EAGAIN;
                    _held -= written;
                }
                if (_ended)
                {
                    _to.EndSending();
                    IsOver = true;
                }
            }
            return true;
        }

        public void Dispose()
        {
            _read.Dispose();
            _write.Dispose();
        }
    }
}
