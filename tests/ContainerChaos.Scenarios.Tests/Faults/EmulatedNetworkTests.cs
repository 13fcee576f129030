using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;
using ContainerChaos.Testing;

namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>A bad network that the watchdog makes: without netem, and for a container whose wires' other ends are not known, as another tool's.</summary>
public sealed class EmulatedNetworkTests : NetworkFaultTest
{
    private static readonly TimeSpan s_silence = TimeSpan.FromMilliseconds(100);

    /// <summary>The container as one of another tool.</summary>
    private ChaosTarget Foreign => Target with { Container = null };

    [Fact]
    public void A_delay_is_in_each_direction_and_a_rate_lets_packets_leave_one_by_one() => OwnNetwork.Run(() =>
    {
        IPAddress address = RunInBridge();
        TimeSpan delay = TimeSpan.FromMilliseconds(150), slack = TimeSpan.FromMilliseconds(1);
        foreach ((string direction, int times) in ((string, int)[])[("both", 2), ("in", 1), ("out", 1)])
        {
            using RunningFault fault = Start(Foreign, $"action: netem, delay: 150ms, direction: {direction}");
            Assert.InRange(Connecting(address), (times * delay) - slack, Patience);
            fault.Undo();
        }

        Await(() => Connecting(address) < delay, "the delay");
        using NetworkNamespace inside = Inside();
        using (RunningFault slow = Start(Foreign, "action: netem, rate: 64k"))
        {
            long sent = Stopwatch.GetTimestamp();
            // 20 of 1,028 bytes: all of them arrive, and the last one is behind the others.
            Assert.Equal(20, Arriving(inside, null, Host, 20, 1000));
            Assert.InRange(Stopwatch.GetElapsedTime(sent), TimeSpan.FromSeconds(20 * 1028 / 65536.0) - slack, Patience);
            slow.Undo();
        }

        Assert.False(Directory.Exists(Injector.Ledger.Directory));
    });

    [Fact]
    public void Packets_come_twice_in_another_order_or_not_at_all() => OwnNetwork.Run(() =>
    {
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "shop", Subnets = ["10.213.8.0/24", "fd00:213:8::/64"], IPv6 = true });
        RunInBridge(network: "shop");
        using NetworkNamespace inside = Inside();
        ContainerEndpoint wire = Engine.Get(Name).Endpoints[0];
        IPEndPoint[] places = [.. wire.Addresses.Select(one => new IPEndPoint(IPAddress.Parse(one.Split('/')[0]), 9000))];
        IPEndPoint[] hosts = [.. wire.Gateways.Select(one => new IPEndPoint(IPAddress.Parse(one), 9000))];
        Assert.Equal(2, places.Length);
        // Addresses of version 6 are looked for on the wire before they are used.
        Await(() => hosts.All(host => Numbers(inside, null, host, 1, 0).Count == 1) && places.All(place => Numbers(null, inside, place, 1, 0).Count == 1), "the start");

        const int Many = 50, Few = 5;
        int[] once = [.. Enumerable.Range(0, Many)];
        using (RunningFault twice = Start(Foreign, "action: netem, duplicate: 100"))
        {
            foreach (IPEndPoint host in hosts)
                Assert.Equal(once.SelectMany(number => (int[])[number, number]), Numbers(inside, null, host, Many, 2 * Many).Order());
            foreach (IPEndPoint place in places)
                Assert.Equal(once.SelectMany(number => (int[])[number, number]), Numbers(null, inside, place, Many, 2 * Many).Order());
            twice.Undo();
        }

        foreach (string order in (string[])["reorder: 50", "jitter: 50ms"])
        {
            using RunningFault mixed = Start(Foreign, "action: netem, delay: 50ms, " + order);
            foreach (IPEndPoint place in places)
            {
                List<int> numbers = Numbers(null, inside, place, Many, Many);
                Assert.Equal(once, numbers.Order());
                Assert.NotEqual(once, numbers);
            }

            mixed.Undo();
        }

        // A wrong bit makes a wrong checksum, and half of them have none.
        using (RunningFault broken = Start(Foreign, "action: netem, corrupt: 50, direction: in"))
        {
            foreach (IPEndPoint place in places)
                Assert.InRange(Numbers(null, inside, place, Many, Few).Count, Few, Many - Few);
            foreach (IPEndPoint host in hosts)
                Assert.Equal(Many, Numbers(inside, null, host, Many, Many).Count);
            broken.Undo();
        }

        foreach (IPEndPoint place in places)
            Assert.Equal(once, Numbers(null, inside, place, Many, Many));
        Assert.False(Directory.Exists(Injector.Ledger.Directory));
    });

    [Fact]
    public void What_is_held_goes_on_at_the_undo_and_a_watchdog_that_is_killed_holds_nothing_up() => OwnNetwork.Run(() =>
    {
        IPAddress address = RunInBridge();
        using NetworkNamespace inside = Inside();
        using (RunningFault late = Start(Foreign, "action: netem, delay: 1m, direction: in"))
        {
            using Socket receiver = Bound(inside, new IPEndPoint(address, 9000));
            using Socket sender = Bound(null, Host);
            for (byte i = 0; i < 5; i++)
                sender.SendTo([i], receiver.LocalEndPoint!);
            Assert.False(receiver.Poll(TimeSpan.FromMilliseconds(50), SelectMode.SelectRead));
            Assert.Equal(ErrorReason.InvalidState, Assert.Throws<ContainerException>(() => Start(Foreign, "action: netem, delay: 1s")).Reason);
            late.Undo();
            for (byte i = 0; i < 5; i++)
            {
                byte[] byteOf = new byte[1];
                Assert.True(receiver.Poll(Patience, SelectMode.SelectRead));
                receiver.Receive(byteOf);
                Assert.Equal(i, byteOf[0]);
            }
        }

        using RunningFault abandoned = Start(Foreign, "action: netem, delay: 1m");
        Assert.Equal(SocketError.TimedOut, Call(address));
        KillWatchdog(abandoned);

        Await(() => Call(address) == SocketError.Success, "the death of its watchdog");
        Assert.Single(Injector.Ledger.UndoAbandoned());
    });

    private static IPEndPoint Host { get; } = new(IPAddress.Parse("172.17.0.1"), 9000);

    /// <summary>How long it takes to connect.</summary>
    private static TimeSpan Connecting(IPAddress address)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { SendTimeout = (int)Patience.TotalMilliseconds };
        long began = Stopwatch.GetTimestamp();
        socket.Connect(address, Port);
        return Stopwatch.GetElapsedTime(began);
    }

    /// <summary>Sends datagrams that are numbered, and returns the numbers of those that arrive, as they do: so many are waited for.</summary>
    private static List<int> Numbers(NetworkNamespace? from, NetworkNamespace? to, IPEndPoint place, int count, int expected)
    {
        using Socket receiver = Bound(to, place);
        using Socket sender = In(from, () => new Socket(place.AddressFamily, SocketType.Dgram, ProtocolType.Udp));
        byte[] datagram = new byte[100];
        var numbers = new List<int>();
        try
        {
            sender.Connect(place);
            for (int i = 0; i < count; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(datagram, i);
                sender.Send(datagram);
            }
        }
        catch (SocketException)
        {
            return numbers;
        }

        while (receiver.Poll(numbers.Count < expected ? Patience : s_silence, SelectMode.SelectRead))
        {
            receiver.Receive(datagram);
            numbers.Add(BinaryPrimitives.ReadInt32LittleEndian(datagram));
        }

        return numbers;
    }
}
