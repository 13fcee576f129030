using System.Diagnostics;
using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>A published UDP port without the kernel's address translation: each client has a socket of its own towards the container, for as long as it is heard of.</summary>
internal sealed class UdpProxy : PortProxy
{
    private const int MaximumClients = 1024, MaximumBurst = 64;

    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(90);

    private readonly EventLoop _loop;
    private readonly TimerFd _timer = TimerFd.Create();
    private readonly Dictionary<IPEndPoint, Client> _clients = [];
    private readonly byte[] _buffer = new byte[65536];

    internal UdpProxy(EventLoop loop, InternetSocket socket, IPEndPoint target)
        : base(socket, target)
    {
        _loop = loop;
        _loop.Add(socket, EventPollFlags.EPOLLIN, _ => FromClients());
        _loop.Add(_timer, EventPollFlags.EPOLLIN, _ => ForgetIdle());
    }

    /// <summary>A datagram is not under way: it has arrived, or it is lost.</summary>
    internal override bool IsIdle => true;

    internal override void Retire() => Dispose();

    private void FromClients()
    {
        for (var i = 0; i < MaximumBurst; i++)
        {
            var length = Socket.ReceiveFrom(_buffer, out var sender, out _);
            if (length < 0)
                return;
            // A datagram that can't be sent on is lost, as datagrams are.
            if (Find(sender!) is { } client)
            {
                client.LastHeard = Stopwatch.GetTimestamp();
                client.Socket.Send(_buffer.AsSpan(0, length), out _);
            }
        }
    }

    private Client? Find(IPEndPoint sender)
    {
        if (_clients.TryGetValue(sender, out var known))
            return known;
        if (_clients.Count >= MaximumClients)
            return null;
        try
        {
            var client = new Client(InternetSocket.ConnectDatagram(Target));
            _loop.Add(client.Socket, EventPollFlags.EPOLLIN, _ => FromContainer(client, sender));
            _clients[sender] = client;
            if (_clients.Count == 1)
                _timer.Arm(s_idle);
            return client;
        }
        catch (ErrnoException)
        {
            return null;
        }
    }

    private void FromContainer(Client client, IPEndPoint sender)
    {
        for (var i = 0; i < MaximumBurst; i++)
        {
            // ECONNREFUSED: nobody listens in the container (yet); the client is told nothing, and asks again.
            var length = client.Socket.Receive(_buffer, out _);
            if (length < 0)
                return;
            client.LastHeard = Stopwatch.GetTimestamp();
            Socket.SendTo(_buffer.AsSpan(0, length), sender, out _);
        }
    }

    private void ForgetIdle()
    {
        _timer.Clear();
        foreach (var (sender, client) in _clients.Where(pair => Stopwatch.GetElapsedTime(pair.Value.LastHeard) >= s_idle).ToArray())
        {
            _loop.Close(client.Socket);
            _clients.Remove(sender);
        }
        if (_clients.Count > 0)
            _timer.Arm(s_idle);
    }

    public override void Dispose()
    {
        _loop.Close(_timer);
        _loop.Close(Socket);
        foreach (var client in _clients.Values)
            _loop.Close(client.Socket);
    }

    private sealed class Client(InternetSocket socket)
    {
        internal InternetSocket Socket { get; } = socket;

        internal long LastHeard { get; set; } = Stopwatch.GetTimestamp();
    }
}
