using System.Diagnostics;
using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>Treats the packets of a target as sch_netem would (tc-netem(8)), one by one, for kernels without it and for wires whose other ends are not known.</summary>
internal sealed class BadNetwork : IDisposable
{
    /// <summary>Its queue: one that nobody chooses by chance, and that none but one of these can have.</summary>
    internal const ushort Queue = 0x6363;

    /// <summary>Of the packets that it sends itself: these do not come here again.</summary>
    internal const uint Mark = 0x6363_4e45;

    // tc's default, of each direction.
    private const int MaximumHeld = 2 * 1000;
    private const int MaximumBurst = 64;

    private readonly NetworkEmulation _emulation;
    private readonly PacketQueue _packets;
    private readonly TimerFd _timer;
    private readonly InternetSocket?[] _copies;
    private readonly PriorityQueue<Held, (long Due, long Number)> _held = new();
    // When the last packet of each direction has left a wire of the rate.
    private readonly long[] _free = new long[2];
    private long _number;

    /// <summary>Starts it. To be called in the target's network namespace.</summary>
    /// <exception cref="ErrnoException">EBUSY: somebody has the queue; EPERM: without CAP_NET_ADMIN.</exception>
    internal BadNetwork(EventLoop loop, NetworkEmulation emulation)
    {
        _emulation = emulation;
        _packets = PacketQueue.Bind(Queue, MaximumHeld);
        try
        {
            _copies = emulation.Duplicate > 0 ? [OpenCopies(ipv6: false), OpenCopies(ipv6: true)] : [];
            _timer = TimerFd.Create();
        }
        catch
        {
            _packets.Dispose();
            throw;
        }
        loop.Add(_packets, EventPollFlags.EPOLLIN, _ => OnPackets());
        loop.Add(_timer, EventPollFlags.EPOLLIN, _ => OnTimer());
    }

    /// <summary>Lets all that it holds go on: what is dropped now would be a loss after the fault's end.</summary>
    public void Dispose()
    {
        while (_packets.TryReceive(out var packet))
            _packets.Accept(packet.Id);
        while (_held.TryDequeue(out var held, out _))
            Send(held);
        _timer.Dispose();
        _packets.Dispose();
        foreach (var socket in _copies)
            socket?.Dispose();
    }

    private void OnPackets()
    {
        for (var i = 0; i < MaximumBurst && _packets.TryReceive(out var packet); i++)
        {
            var isDoubled = IsChosen(_emulation.Duplicate);
            // As netem has it: of a packet that is both doubled and lost one is left.
            if (IsChosen(_emulation.Loss) && !isDoubled)
                _packets.Drop(packet.Id);
            else
                Hold(packet, isDoubled);
        }
        ArmTimer();
    }

    private void Hold(QueuedPacket packet, bool isDoubled)
    {
        var now = Stopwatch.GetTimestamp();
        var copy = isDoubled ? packet.Bytes.ToArray() : null;
        var isCorrupt = IsChosen(_emulation.Corrupt);
        var bytes = isCorrupt ? packet.Bytes.ToArray() : null;
        if (bytes is not null)
            FlipBit(bytes);
        var isOvertaking = IsChosen(_emulation.Reorder);
        var due = isOvertaking ? now : OnWire(now + Ticks(_emulation.Delay) + Spread(), packet);
        var held = new Held(packet.Id, bytes, copy);
        if (due <= now)
            Send(held);
        else
            _held.Enqueue(held, (due, _number++));
    }

    /// <summary>When a packet has left a wire of the rate, if it comes to it at a time.</summary>
    private long OnWire(long at, QueuedPacket packet)
    {
        if (_emulation.Rate == 0)
            return at;
        ref var free = ref _free[packet.IsInput ? 1 : 0];
        free = Math.Max(at, free) + (long)(packet.Bytes.Length * (double)Stopwatch.Frequency / _emulation.Rate);
        return free;
    }

    private void OnTimer()
    {
        _timer.Clear();
        var now = Stopwatch.GetTimestamp();
        while (_held.TryPeek(out var held, out var order) && order.Due <= now)
        {
            _held.Dequeue();
            Send(held);
        }
        ArmTimer();
    }

    private void ArmTimer()
    {
        if (_held.TryPeek(out _, out var order))
            _timer.Arm(Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), order.Due));
    }

    private void Send(Held held)
    {
        // Its second one first: it is to find the connection as this one does.
        if (held.Copy is { } copy)
            SendCopy(copy);
        _packets.Accept(held.Id, held.Bytes);
    }

    /// <summary>Sends a packet by the address that it is for: one that has arrived goes to this host itself, by loopback, and arrives once more.</summary>
    private void SendCopy(byte[] packet)
    {
        var isIPv6 = packet[0] >> 4 == 6;
        var address = new IPAddress(isIPv6 ? packet.AsSpan(24, 16) : packet.AsSpan(16, 4));
        _copies[isIPv6 ? 1 : 0]?.SendTo(packet, new IPEndPoint(address, 0), out _);
    }

    private static InternetSocket? OpenCopies(bool ipv6)
    {
        try
        {
            var socket = InternetSocket.OpenRaw(ipv6);
            socket.SetMark(Mark);
            return socket;
        }
        catch (ErrnoException e) when (ipv6 && e.Errno == Errno.EAFNOSUPPORT)
        {
            return null;
        }
    }

    /// <summary>One behind the IP header: who receives it finds that a checksum is wrong.</summary>
    private static void FlipBit(byte[] packet)
    {
        var header = packet[0] >> 4 == 6 ? 40 : (packet[0] & 15) * 4;
        if (packet.Length > header)
            packet[Random.Shared.Next(header, packet.Length)] ^= (byte)(1 << Random.Shared.Next(8));
    }

    private long Spread() => (long)(Ticks(_emulation.Jitter) * ((Random.Shared.NextDouble() * 2) - 1));

    private static bool IsChosen(double percent) => percent > 0 && Random.Shared.NextDouble() * 100 < percent;

    private static long Ticks(TimeSpan time) => (long)(time.TotalSeconds * Stopwatch.Frequency);

    /// <summary>A packet that waits: as what it goes on, when that is not as it came, and its second one.</summary>
    private sealed record Held(uint Id, byte[]? Bytes, byte[]? Copy);
}
