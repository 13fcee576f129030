using System.Runtime.InteropServices;
using ContainerChaos.Target.Loop;
using ContainerChaos.Target.Native;

namespace ContainerChaos.Target.Http;

/// <summary>HTTP/1.1 on one event loop. All connections share one receive and one send buffer; a connection keeps bytes only while it has to.</summary>
internal sealed unsafe class HttpServer(EventLoop loop)
{
    /// <summary>Bytes in each shared buffer.</summary>
    public const int BufferSize = 64 * 1024;

    /// <summary>How long no connection has to be open: one may still be on its way.</summary>
    private const long QuietTime = 100 * MonotonicClock.NanosecondsPerMillisecond;

    private readonly Stack<Connection> _idle = new();
    private readonly HashSet<Connection> _open = [];
    private LoopTimer? _quiet;

    public EventLoop Loop { get; } = loop;

    /// <summary>What recv(2) fills.</summary>
    public byte* ReceiveBuffer { get; } = (byte*)NativeMemory.Alloc(BufferSize);

    /// <summary>Where answers are put together.</summary>
    public byte* SendBuffer { get; } = (byte*)NativeMemory.Alloc(BufferSize);

    /// <summary>Answers the requests.</summary>
    public Router Router { get; set; } = null!;

    /// <summary>Requests read since the start.</summary>
    public long Requests { get; set; }

    /// <summary>Connections open now.</summary>
    public int Connections { get; private set; }

    /// <summary>Whether each answer is the last one of its connection.</summary>
    public bool IsDraining => _quiet is not null;

    /// <summary>Goes on answering, but keeps no connection; ends the loop when none is left.</summary>
    public void Drain()
    {
        _quiet ??= new LoopTimer(EndIfQuiet);
        if (Connections == 0) Loop.SetTimer(_quiet, QuietTime);
    }

    /// <summary>
    /// Says good-bye on the connections that nobody asks anything on, and waits for the clients to close theirs: an end that is only sent with the end of
    /// the process may be lost together with its network, and the client would ask on.
    /// </summary>
    public void CloseIdle()
    {
        foreach (Connection connection in _open.ToArray()) connection.CloseIfIdle();
    }

    /// <summary>Takes over an accepted socket.</summary>
    public void Accept(int fd)
    {
        int one = 1;
        Libc.setsockopt(fd, Libc.IPPROTO_TCP, Libc.TCP_NODELAY, &one, sizeof(int));
        Connections++;
        Connection connection = _idle.TryPop(out Connection? used) ? used : new Connection(this);
        _open.Add(connection);
        connection.Open(fd);
    }

    /// <summary>Takes back a connection that has been closed, for the next client.</summary>
    public void Release(Connection connection)
    {
        Connections--;
        _open.Remove(connection);
        _idle.Push(connection);
        if (_quiet is not null && Connections == 0) Loop.SetTimer(_quiet, QuietTime);
    }

    private void EndIfQuiet()
    {
        if (Connections == 0) Loop.Stop();
    }
}
