using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>Stands in for one name server of a target, in the target's network namespace: holds each question for a while, then asks that one, and passes its answer on.</summary>
internal sealed class SlowNameServer : IDisposable
{
    /// <summary>Of the packets with its own questions: these are not led to it again.</summary>
    internal const uint Mark = 0x6363_5344;

    private const ushort Domain = 53;
    // As many as a busy server has open; what comes beyond that is lost, as there.
    private const int MaximumHeld = 1024;
    private const int MaximumMessage = 65535, MaximumBurst = 32, HeaderSize = 12;

    private readonly TimeSpan _delay;
    private readonly InternetSocket _socket;
    private readonly InternetSocket _server;
    private readonly TimerFd _timer;
    private readonly Queue<Question> _held = [];
    // By the number that a question has on its way to the server; the latest ones.
    private readonly Question?[] _asked = new Question?[MaximumHeld];
    private readonly byte[] _buffer = new byte[MaximumMessage];
    private ushort _next;

    /// <summary>Starts it. To be called in the target's network namespace.</summary>
    /// <exception cref="ErrnoException">EADDRNOTAVAIL, ENETUNREACH: the server can't be reached from there.</exception>
    internal SlowNameServer(EventLoop loop, TimeSpan delay, IPAddress server)
    {
        _delay = delay;
        Server = server;
        var loopback = server.GetAddressBytes().Length == 16 ? IPAddress.IPv6Loopback : IPAddress.Loopback;
        _server = InternetSocket.ConnectDatagram(new IPEndPoint(server, Domain));
        try
        {
            _server.SetMark(Mark);
            _socket = InternetSocket.BindDatagram(new IPEndPoint(loopback, 0));
        }
        catch
        {
            _server.Dispose();
            throw;
        }
        _timer = TimerFd.Create();
        loop.Add(_socket, EventPollFlags.EPOLLIN, _ => OnQuestion());
        loop.Add(_server, EventPollFlags.EPOLLIN, _ => OnAnswer());
        loop.Add(_timer, EventPollFlags.EPOLLIN, _ => OnTimer());
    }

    /// <summary>Whom it asks.</summary>
    internal IPAddress Server { get; }

    /// <summary>The port that it is asked at, of 127.0.0.1 or ::1.</summary>
    internal ushort Port => (ushort)_socket.LocalEndPoint.Port;

    public void Dispose()
    {
        _timer.Dispose();
        _server.Dispose();
        _socket.Dispose();
    }

    private void OnQuestion()
    {
        for (var i = 0; i < MaximumBurst; i++)
        {
            var length = _socket.ReceiveFrom(_buffer, out var client, out _);
            if (length < 0)
                return;
            if (length < HeaderSize || _held.Count == MaximumHeld)
                continue;
            _held.Enqueue(new Question(client!, _buffer[..length], Stopwatch.GetTimestamp()));
            if (_held.Count == 1)
                _timer.Arm(_delay);
        }
    }

    private void OnTimer()
    {
        _timer.Clear();
        while (_held.TryPeek(out var question))
        {
            var left = _delay - Stopwatch.GetElapsedTime(question.At);
            if (left > TimeSpan.Zero)
            {
                _timer.Arm(left);
                return;
            }
            Ask(_held.Dequeue());
        }
    }

    private void Ask(Question question)
    {
        // Two clients may have chosen the same number.
        var number = ++_next;
        _asked[number % MaximumHeld] = question;
        question.Asked = number;
        var message = question.Message.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(message, number);
        _server.Send(message, out _);
    }

    private void OnAnswer()
    {
        for (var i = 0; i < MaximumBurst; i++)
        {
            var length = _server.Receive(_buffer, out _);
            if (length < 0)
                return;
            if (length < HeaderSize)
                continue;
            var number = BinaryPrimitives.ReadUInt16BigEndian(_buffer);
            if (_asked[number % MaximumHeld] is not { } question || question.Asked != number)
                continue;
            _asked[number % MaximumHeld] = null;
            question.Message.AsSpan(0, 2).CopyTo(_buffer);
            _socket.SendTo(_buffer.AsSpan(0, length), question.Client, out _);
        }
    }

    private sealed class Question(IPEndPoint client, byte[] message, long at)
    {
        internal IPEndPoint Client { get; } = client;

        internal byte[] Message { get; } = message;

        internal long At { get; } = at;

        internal ushort Asked { get; set; }
    }
}
