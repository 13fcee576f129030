using System.Net;
using System.Net.Sockets;
using System.Text;
using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios.Tests.Load;

/// <summary>A small real HTTP server on a Unix socket or a port of the loopback interface, which can be told to fall silent, to err, or to go away.</summary>
internal sealed class TestServer : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ccload").FullName;
    private readonly List<Socket> _connections = [];
    private readonly Lock _lock = new();
    private readonly ManualResetEventSlim _answering = new(initialState: true);
    private Socket? _listener;
    private int _requests;

    internal TestServer(bool isTcp = false)
    {
        EndPoint = isTcp ? new IPEndPoint(IPAddress.Loopback, 0) : new UnixDomainSocketEndPoint(SocketPath);
        Open();
    }

    internal string SocketPath => Path.Combine(_directory, "http.sock");

    internal EndPoint EndPoint { get; private set; }

    internal string Response { get; set; } = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    /// <summary>Whether it fails at a moment of the monotonic clock; asked when an answer is due.</summary>
    internal Func<long, bool>? Fails { get; set; }

    /// <summary>Whether it fails by closing the connection, and not by a status of 503.</summary>
    internal bool FailsByClosing { get; init; }

    /// <summary>How long an answer takes, by the number of the request.</summary>
    internal Func<int, TimeSpan>? Delay { get; set; }

    internal void Freeze() => _answering.Reset();

    internal void Thaw() => _answering.Set();

    /// <summary>Asks it by a connection of its own.</summary>
    /// <returns>When the answer was there.</returns>
    internal long Ask()
    {
        using var socket = new Socket(EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(EndPoint);
        socket.Send("GET / HTTP/1.1\r\nHost: test\r\n\r\n"u8);
        socket.Receive(new byte[512]);
        return MonotonicClock.Now;
    }

    internal void Open()
    {
        File.Delete(SocketPath);
        var listener = new Socket(EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(EndPoint);
        EndPoint = listener.LocalEndPoint!;
        listener.Listen(128);
        _listener = listener;
        new Thread(() => Accept(listener)) { IsBackground = true }.Start();
    }

    internal void Vanish()
    {
        _listener?.Dispose();
        lock (_lock)
        {
            foreach (Socket connection in _connections)
                connection.Dispose();
            _connections.Clear();
        }
    }

    public void Dispose()
    {
        Thaw();
        Vanish();
        Directory.Delete(_directory, recursive: true);
    }

    private void Accept(Socket listener)
    {
        try
        {
            while (true)
            {
                Socket connection = listener.Accept();
                lock (_lock)
                    _connections.Add(connection);
                new Thread(() => Serve(connection)) { IsBackground = true }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
    }

    private void Serve(Socket connection)
    {
        var buffer = new byte[4096];
        int length = 0;
        try
        {
            while (connection.Receive(buffer.AsSpan(length)) is > 0 and var received)
            {
                length += received;
                while (buffer.AsSpan(0, length).IndexOf("\r\n\r\n"u8) is >= 0 and var end)
                {
                    _answering.Wait();
                    if (Delay?.Invoke(Interlocked.Increment(ref _requests)) is { } delay && delay > TimeSpan.Zero)
                        Thread.Sleep(delay);
                    bool fails = Fails?.Invoke(MonotonicClock.Now) == true;
                    if (fails && FailsByClosing)
                        return;
                    connection.Send(fails ? "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"u8 : Encoding.ASCII.GetBytes(Response));
                    buffer.AsSpan(end + 4, length - end - 4).CopyTo(buffer);
                    length -= end + 4;
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }
        finally
        {
            connection.Dispose();
        }
    }
}
