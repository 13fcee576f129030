using System.Diagnostics;
using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// The name server of a container in user-defined networks, at 127.0.0.11 as in Docker: it knows the containers of those networks by
/// name and alias, and asks the host's name servers for everything else, from the host's side.
/// </summary>
internal sealed class NameServer : IDisposable
{
    /// <summary>The container's side of it.</summary>
    internal static readonly IPAddress Address = new([127, 0, 0, 11]);

    private const ushort Port = 53;
    private const int MaximumPending = 256, MaximumBurst = 32, MaximumMessage = 65535;
    private const byte Udp = 17;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    private readonly EventLoop _loop;
    private readonly InternetSocket _socket;
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
        _socket = Listen();
        _loop.Add(_socket, EventPollFlags.EPOLLIN, _ => OnQuery());
        _loop.Add(_timer, EventPollFlags.EPOLLIN, _ => OnTimer());
    }

    /// <summary>
    /// On any port, to which the kernel sends what goes to port 53: so a name server of the container's own can have that port.
    /// Without nf_tables it is port 53 itself.
    /// </summary>
    private static InternetSocket Listen()
    {
        using var table = NftTable.TryOpen("containerchaos");
        if (table is null)
            return InternetSocket.BindDatagram(new IPEndPoint(Address, Port));
        var socket = InternetSocket.BindDatagram(new IPEndPoint(Address, 0));
        try
        {
            if (table.Exists)
                table.Commit(table.Begin().DeleteTable());
            var port = socket.LocalEndPoint.Port;
            table.Commit(table.Begin().AddTable().AddChain("output", "nat", NftHook.Output, -100).AddRule(
                "output",
                new NftRule().Version(ipv6: false).Destination(Address.GetAddressBytes()).Protocol(Udp).DestinationPort(Port)
                    .Load(0, Address.GetAddressBytes()).Load(1, [(byte)(port >> 8), (byte)port]).TranslateDestination(ipv6: false, 0, 1)));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void OnQuery()
    {
        for (var i = 0; i < MaximumBurst; i++)
        {
            var length = _socket.ReceiveFrom(_buffer, out var client, out _);
            if (length < 0)
                return;
            Handle(_buffer.AsSpan(0, length), client!);
        }
    }

    private void Handle(ReadOnlySpan<byte> query, IPEndPoint client)
    {
        if (query.Length < 12)
            return;
        if (!DnsMessage.TryReadQuestion(query, out var name, out var type, out var end))
            Send(DnsMessage.Answer(query, 0, DnsMessage.FormatError), client);
        else if (!TryFind(name, type, out var known))
            Send(DnsMessage.Answer(query, end, DnsMessage.ServerFailure), client);
        else if (known is not null)
            Send(DnsMessage.Answer(query, end, DnsMessage.NoError, [.. known.Records]), client);
        else
            Forward(new Pending(query.ToArray(), end, client, _upstream()));
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
            try
            {
                var socket = InternetSocket.ConnectDatagram(new IPEndPoint(pending.Servers[pending.Next++], Port));
                pending.Socket = socket;
                if (socket.Send(pending.Query, out _) < 0)
                {
                    socket.Dispose();
                    continue;
                }
                pending.AskedAt = Stopwatch.GetTimestamp();
                _loop.Add(socket, EventPollFlags.EPOLLIN, _ => OnAnswer(pending));
                _pending.Add(pending);
                if (_pending.Count == 1)
                    _timer.Arm(s_patience);
                return;
            }
            catch (ErrnoException)
            {
                // No route to that one.
            }
        }
        Send(DnsMessage.Answer(pending.Query, pending.QuestionEnd, DnsMessage.ServerFailure), pending.Client);
    }

    private void OnAnswer(Pending pending)
    {
        var length = pending.Socket!.Receive(_buffer, out var error);
        if (error == Errno.EAGAIN)
            return;
        // Of another question than the one that was asked: only a forger sends that.
        if (length >= 2 && !_buffer.AsSpan(0, 2).SequenceEqual(pending.Query.AsSpan(0, 2)))
            return;
        Close(pending);
        if (length >= 12)
            Send(_buffer.AsSpan(0, length), pending.Client);
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

    private void Send(ReadOnlySpan<byte> answer, IPEndPoint client) => _socket.SendTo(answer, client, out _);

    public void Dispose()
    {
        foreach (var pending in _pending.ToArray())
            Close(pending);
        _loop.Close(_timer);
        _loop.Close(_socket);
    }

    private sealed class Pending(byte[] query, int questionEnd, IPEndPoint client, IReadOnlyList<IPAddress> servers)
    {
        internal byte[] Query { get; } = query;

        internal int QuestionEnd { get; } = questionEnd;

        internal IPEndPoint Client { get; } = client;

        internal IReadOnlyList<IPAddress> Servers { get; } = servers;

        internal int Next { get; set; }

        internal long AskedAt { get; set; }

        internal InternetSocket? Socket { get; set; }
    }
}
