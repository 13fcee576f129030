using System.Diagnostics;
using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// The name server of a container in user-defined networks, at 127.0.0.11 as in Docker: it knows the containers of those networks by
/// name and alias, and asks the host's name servers for everything else, from the host's side. By UDP and by TCP, as a server must (RFC 7766).
/// </summary>
internal sealed partial class NameServer : IDisposable
{
    /// <summary>The container's side of it.</summary>
    internal static readonly IPAddress Address = new([127, 0, 0, 11]);

    private const ushort Port = 53;
    private const int MaximumPending = 256, MaximumBurst = 32, MaximumMessage = 65535;
    private const byte Tcp = 6, Udp = 17;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly EventLoop _loop;
    private readonly InternetSocket _socket;
    private readonly InternetSocket _listener;
    private readonly TimerFd _timer = TimerFd.Create();
    private readonly Func<string, ushort, NameAnswer?> _find;
    private readonly Func<IReadOnlyList<IPAddress>> _upstream;
    private readonly List<Pending> _pending = [];
    private readonly byte[] _buffer = new byte[MaximumMessage];

    /// <summary>Starts it. To be called in the container's network namespace.</summary>
    /// <param name="loop">What it waits in.</param>
    /// <param name="find">What the networks know of a name; null for what they know nothing of.</param>
    /// <param name="upstream">The servers to ask then; none when nothing outside may be reached.</param>
    internal NameServer(EventLoop loop, Func<string, ushort, NameAnswer?> find, Func<IReadOnlyList<IPAddress>> upstream)
    {
        _loop = loop;
        _find = find;
        _upstream = upstream;
        (_socket, _listener) = Listen();
        _loop.Add(_socket, EventPollFlags.EPOLLIN, _ => OnQuery());
        _loop.Add(_listener, EventPollFlags.EPOLLIN, _ => OnConnection());
        _loop.Add(_timer, EventPollFlags.EPOLLIN, _ => OnTimer());
    }

    /// <summary>
    /// On any port, to which the kernel sends what goes to port 53: so a name server of the container's own can have that port.
    /// Without nf_tables it is port 53 itself.
    /// </summary>
    private static (InternetSocket Datagrams, InternetSocket Streams) Listen()
    {
        using var table = NftTable.TryOpen("containerchaos");
        var port = table is null ? Port : 0;
        var socket = InternetSocket.BindDatagram(new IPEndPoint(Address, port));
        InternetSocket? listener = null;
        try
        {
            listener = InternetSocket.Listen(new IPEndPoint(Address, port));
            if (table is not null)
                Redirect(table, socket.LocalEndPoint.Port, listener.LocalEndPoint.Port);
            return (socket, listener);
        }
        catch
        {
            socket.Dispose();
            listener?.Dispose();
            throw;
        }
    }

    private static void Redirect(NftTable table, int datagrams, int streams)
    {
        if (table.Exists)
            table.Commit(table.Begin().DeleteTable());
        var batch = table.Begin().AddTable().AddChain("output", "nat", NftHook.Output, -100);
        foreach (var (protocol, port) in new[] { (Udp, datagrams), (Tcp, streams) })
        {
            batch.AddRule(
                "output",
                new NftRule().Version(ipv6: false).Destination(Address.GetAddressBytes()).Protocol(protocol).DestinationPort(Port)
                    .Load(0, Address.GetAddressBytes()).Load(1, [(byte)(port >> 8), (byte)port]).TranslateDestination(ipv6: false, 0, 1));
        }
        table.Commit(batch);
    }

    private void OnQuery()
    {
        for (var i = 0; i < MaximumBurst; i++)
        {
            var length = _socket.ReceiveFrom(_buffer, out var client, out _);
            if (length < 0)
                return;
            Handle(_buffer.AsSpan(0, length), answer => _socket.SendTo(answer, client!, out _), isStream: false);
        }
    }

    private void Handle(ReadOnlySpan<byte> query, NameReply reply, bool isStream)
    {
        if (query.Length < 12)
            return;
        if (!DnsMessage.TryReadQuestion(query, out var name, out var type, out var end))
        {
            reply(DnsMessage.Answer(query, 0, DnsMessage.FormatError));
        }
        else if (!TryFind(name, type, out var known))
        {
            reply(DnsMessage.Answer(query, end, DnsMessage.ServerFailure));
        }
        else if (known is not null)
        {
            var answer = DnsMessage.Answer(query, end, DnsMessage.NoError, [.. known.Records]);
            reply(isStream ? answer : DnsMessage.Truncate(answer, end, DnsMessage.DatagramLimit(query, end)));
        }
        else
        {
            Forward(new Pending(query.ToArray(), end, reply, isStream, _upstream()));
        }
    }

    /// <summary>The directories that are read change at any time, and nothing that a container asks for may end its monitor.</summary>
    private bool TryFind(string name, ushort type, out NameAnswer? answer)
    {
        try
        {
            answer = _find(name, type);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or FormatException)
        {
            answer = null;
            return false;
        }
    }

    private void Forward(Pending pending)
    {
        while (pending.Next < pending.Servers.Count && _pending.Count < MaximumPending)
        {
            var server = new IPEndPoint(pending.Servers[pending.Next++], Port);
            InternetSocket? socket = null;
            try
            {
                socket = pending.IsStream ? InternetSocket.BeginConnect(server) : InternetSocket.ConnectDatagram(server);
                if (!pending.IsStream && socket.Send(pending.Query, out _) < 0)
                {
                    socket.Dispose();
                    continue;
                }
            }
            catch (ErrnoException)
            {
                // No route to that one.
                socket?.Dispose();
                continue;
            }
            pending.Socket = socket;
            pending.AskedAt = Stopwatch.GetTimestamp();
            pending.Frame = pending.IsStream ? new NameFrame() : null;
            _loop.Add(socket, pending.IsStream ? EventPollFlags.EPOLLOUT : EventPollFlags.EPOLLIN, events => OnReady(pending, events));
            _pending.Add(pending);
            if (_pending.Count == 1)
                _timer.Arm(s_patience);
            return;
        }
        pending.Reply(DnsMessage.Answer(pending.Query, pending.QuestionEnd, DnsMessage.ServerFailure));
    }

    private void OnReady(Pending pending, EventPollFlags events)
    {
        if (pending.IsStream)
            OnStreamReady(pending, events);
        else
            OnAnswer(pending);
    }

    private void OnAnswer(Pending pending)
    {
        var length = pending.Socket!.Receive(_buffer, out var error);
        if (error == Errno.EAGAIN)
            return;
        // Of another question than the one that was asked: only a forger sends that.
        if (length >= 2 && !_buffer.AsSpan(0, 2).SequenceEqual(pending.Query.AsSpan(0, 2)))
            return;
        Conclude(pending, length >= 12 ? _buffer.AsSpan(0, length) : []);
    }

    /// <summary>The answer of one that was asked, or the next one's turn when there is none.</summary>
    private void Conclude(Pending pending, ReadOnlySpan<byte> answer)
    {
        Close(pending);
        if (answer.Length > 0)
            pending.Reply(answer);
        else
            Forward(pending);
    }

    private void OnTimer()
    {
        _timer.Clear();
        foreach (var pending in _pending.Where(pending => Stopwatch.GetElapsedTime(pending.AskedAt) >= s_patience).ToArray())
        {
            Close(pending);
            Forward(pending);
        }
        if (_pending.Count > 0)
            _timer.Arm(s_patience);
    }

    private void Close(Pending pending)
    {
        _loop.Close(pending.Socket!);
        _pending.Remove(pending);
    }

    public void Dispose()
    {
        foreach (var pending in _pending.ToArray())
            Close(pending);
        foreach (var connection in _connections.ToArray())
            Close(connection);
        _loop.Close(_timer);
        _loop.Close(_listener);
        _loop.Close(_socket);
    }

    private delegate void NameReply(ReadOnlySpan<byte> answer);

    private sealed class Pending(byte[] query, int questionEnd, NameReply reply, bool isStream, IReadOnlyList<IPAddress> servers)
    {
        internal byte[] Query { get; } = query;

        internal int QuestionEnd { get; } = questionEnd;

        internal NameReply Reply { get; } = reply;

        /// <summary>Whoever asks by TCP wants an answer that is too long for a datagram: so they are asked the same way.</summary>
        internal bool IsStream { get; } = isStream;

        internal IReadOnlyList<IPAddress> Servers { get; } = servers;

        internal int Next { get; set; }

        internal long AskedAt { get; set; }

        internal InternetSocket? Socket { get; set; }

        internal NameFrame? Frame { get; set; }
    }
}
