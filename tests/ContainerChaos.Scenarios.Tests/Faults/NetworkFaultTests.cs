using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ContainerChaos.Engine;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Scenarios.Faults;
using ContainerChaos.Supervisor;
using ContainerChaos.Testing;

namespace ContainerChaos.Scenarios.Tests.Faults;

/// <summary>What faults of the network do, and that nothing of it is left.</summary>
public sealed class NetworkFaultTests : NetworkFaultTest
{
    [Fact]
    public void A_partition_a_black_hole_and_a_pulled_cable_are_silent_a_reset_is_not_and_all_are_undone() => OwnNetwork.Run(() =>
    {
        IPAddress address = RunInBridge();
        foreach ((string step, SocketError expected) in ((string, SocketError)[])
        [
            ("action: partition", SocketError.TimedOut), ("action: partition, direction: in", SocketError.TimedOut), ("action: partition, direction: out", SocketError.TimedOut),
            ("action: partition, from: [172.17.0.1]", SocketError.TimedOut), ("action: black-hole, port: 8080", SocketError.TimedOut), ("action: netem, loss: 100, direction: in", SocketError.TimedOut),
            ("action: connection-reset, port: 8080", SocketError.ConnectionRefused), ("action: link-down", SocketError.TimedOut), ("action: link-down, period: 1m", SocketError.TimedOut),
        ])
        {
            using RunningFault fault = Start(step);
            Assert.True(expected == Call(address), step);
            fault.Undo();
            Await(() => Call(address) == SocketError.Success, step);
        }

        foreach (string step in (string[])["action: partition, from: [172.17.0.200]", "action: black-hole, port: 8081", "action: black-hole, port: 8080, of-peer: true"])
        {
            using RunningFault fault = Start(step);
            Await(() => Call(address) == SocketError.Success, step);
            fault.Undo();
        }

        Assert.False(Directory.Exists(Injector.Ledger.Directory));
    });

    [Fact]
    public void A_partition_between_named_containers_leaves_others_alone_and_can_be_one_way() => OwnNetwork.Run(() =>
    {
        IPAddress first = RunInBridge(), second = RunInBridge("other");
        using NetworkNamespace here = Inside(), there = Inside("other");
        int port = 9000;
        bool Arrives(bool back) => Arriving(back ? there : here, back ? here : there, new IPEndPoint(back ? first : second, ++port)) == 1;
        using (RunningFault both = Start("action: partition, from: [other]"))
        {
            Assert.Contains(second.ToString(), both.Record.Effect);
            Assert.False(Arrives(back: false));
            Assert.False(Arrives(back: true));
            Assert.Equal(SocketError.TimedOut, here.Run(() => Call(second)));
            Await(() => Call(first) == SocketError.Success, "a partition from another");
            both.Undo();
        }

        using (RunningFault oneWay = Start("action: partition, from: [other], direction: in"))
        {
            Await(() => Arrives(back: false), "a partition of what comes in");
            Assert.False(Arrives(back: true));
            oneWay.Undo();
        }

        Await(() => Arrives(back: true), "both");
        Assert.Equal(ErrorReason.ContainerNotFound, Assert.Throws<ContainerException>(() => Start("action: partition, from: [nobody]")).Reason);
        Assert.Empty(Injector.Ledger.List());
    });

    [Fact]
    public void A_connection_that_is_open_is_reset() => OwnNetwork.Run(() =>
    {
        IPAddress address = RunInBridge();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Patience.TotalMilliseconds };
        socket.Connect(address, Port);
        using RunningFault fault = Start("action: connection-reset, port: 8080");
        socket.Send("GET /healthz HTTP/1.1\r\n\r\n"u8);
        Assert.Equal(SocketError.ConnectionReset, Assert.Throws<SocketException>(() => socket.Receive(new byte[1])).SocketErrorCode);
    });

    [Fact]
    public void A_full_table_of_connections_drops_new_ones_and_leaves_open_ones_the_others_and_the_host_alone() => OwnNetwork.Run(() =>
    {
        IPAddress address = RunInBridge(), other = RunInBridge("other");
        using NetworkNamespace inside = Inside();
        string host = File.ReadAllText("/proc/sys/net/netfilter/nf_conntrack_max");
        Socket Open() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Patience.TotalMilliseconds };
        string Answer(Socket client)
        {
            byte[] answer = new byte[1000];
            client.Send("GET /healthz HTTP/1.1\r\nHost: web\r\n\r\n"u8);
            return Encoding.ASCII.GetString(answer, 0, client.Receive(answer));
        }
        void AssertServes(Socket client) => Assert.StartsWith("HTTP/1.1 200 ", Answer(client));
        using Socket old = Open();
        old.Connect(address, Port);
        using (RunningFault full = Start("action: conntrack-exhaustion"))
        {
            Assert.Equal(SocketError.TimedOut, Call(address));
            // What is sent there fails with EPERM, as on a host whose table is full.
            Assert.Equal(-1, Arriving(inside, null, new IPEndPoint(IPAddress.Parse("172.17.0.1"), 9000)));
            AssertServes(old);
            Await(() => inside.Run(() => Call(IPAddress.Loopback)) == SocketError.Success, "what it says to itself");
            Await(() => Call(other) == SocketError.Success, "another container");
            Assert.Equal(host, File.ReadAllText("/proc/sys/net/netfilter/nf_conntrack_max"));
            full.Undo();
        }

        Await(() => Call(address) == SocketError.Success && Arriving(inside, null, new IPEndPoint(IPAddress.Parse("172.17.0.1"), 9001)) == 1, "the full table");
        using (RunningFault nearly = Start("action: conntrack-exhaustion, leave: 2"))
        {
            using Socket first = Open(), second = Open();
            first.Connect(address, Port);
            second.Connect(address, Port);
            Assert.Equal(SocketError.TimedOut, Call(address));
            AssertServes(first);
            AssertServes(second);
            AssertServes(old);
            first.Dispose();
            Await(() => Call(address) == SocketError.Success, "the end of one");
            nearly.Undo();
        }

        Assert.False(Directory.Exists(Injector.Ledger.Directory));
    });

    [Fact]
    public void A_slow_network_lets_few_pass_a_lossy_one_some_and_name_servers_do_not_answer() => OwnNetwork.Run(() =>
    {
        RunInBridge();
        using NetworkNamespace inside = Inside();
        var host = new IPEndPoint(IPAddress.Parse("172.17.0.1"), 9000);
        const int Many = 60, Large = 1000;
        Await(() => Arriving(inside, null, host, Many, Large) == Many, "the start");
        using (RunningFault slow = Start("action: network-rate, rate: 64k"))
        {
            Assert.Equal(ErrorReason.InvalidState, Assert.Throws<ContainerException>(() => Start("action: network-rate, rate: 1m")).Reason);
            // What fits into the bucket, and what waits for 50 ms.
            Assert.InRange(Arriving(inside, null, host, Many, Large), 1, Many / 2);
            slow.Undo();
        }

        using (RunningFault inwards = Start("action: network-rate, rate: 64k, direction: in"))
        {
            Await(() => Arriving(inside, null, host, Many, Large) == Many, "a rate of what comes in");
            inwards.Undo();
        }

        using (RunningFault lossy = Start("action: netem, loss: 50, direction: in"))
        {
            // Fewer than 20 or more than 80 of 100 would be seen once in 10^9 times.
            Assert.InRange(Arriving(null, inside, new IPEndPoint(IPAddress.Parse(Engine.Get(Name).IPAddress!), 9000), 100), 20, 80);
            lossy.Undo();
        }

        Await(() => IsAnswered(inside) == true, "the loss");
        using (RunningFault silent = Start("action: dns"))
        {
            Assert.False(IsAnswered(inside));
            silent.Undo();
        }

        using (RunningFault refused = Start("action: dns, mode: refuse"))
        {
            Assert.Null(IsAnswered(inside));
            refused.Undo();
        }

        Await(() => IsAnswered(inside) == true && Arriving(inside, null, host, Many, Large) == Many, "all");
        Assert.False(Directory.Exists(Injector.Ledger.Directory));
    });

    [Fact]
    public void Name_servers_fail_know_nothing_and_lie() => OwnNetwork.Run(() =>
    {
        RunInBridge();
        using NetworkNamespace inside = Inside();
        const byte A = 1, AAAA = 28, ServerFailure = 2, NameError = 3;
        Assert.Null(Ask(inside, A));
        foreach ((string step, byte type, int code, byte[] end) in ((string, byte, int, byte[])[])
        [
            ("action: dns, mode: fail", A, ServerFailure, [0, 1]), ("action: dns, mode: unknown", AAAA, NameError, [0, 1]), ("action: dns, mode: lie", A, 0, [0, 0, 0, 0, 0, 4, 192, 0, 2, 1]),
            ("action: dns, mode: lie", AAAA, 0, [0, AAAA, 0, 1]), ("action: dns, mode: lie, address: 'fd00::7'", AAAA, 0, [0, 0, 0, 0, 0, 16, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7]),
        ])
        {
            using RunningFault fault = Start(step);
            byte[] answer = Ask(inside, type)!;
            Assert.Equal((1, 2, code), (answer[0], answer[1], answer[3] & 15));
            Assert.Equal(end, answer[^end.Length..]);
            fault.Undo();
            Assert.Null(Ask(inside, type));
        }

        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<ContainerException>(() => Start("action: dns, mode: lie, address: nobody")).Reason);
        Assert.False(Directory.Exists(Injector.Ledger.Directory));
    });

    [Fact]
    public void Slow_name_servers_answer_what_they_know_but_late_and_at_once_when_it_is_over() => OwnNetwork.Run(() =>
    {
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "shop", Subnets = ["10.213.7.0/24"] });
        RunInBridge(network: "shop");
        using NetworkNamespace inside = Inside();
        const byte A = 1;
        (byte[]? Answer, TimeSpan Took) Timed()
        {
            long asked = Stopwatch.GetTimestamp();
            byte[]? answer = Ask(inside, A, "127.0.0.11", Name);
            return (answer, Stopwatch.GetElapsedTime(asked));
        }

        byte[] known = Timed().Answer!;
        Assert.Equal([10, 213, 7], known[^4..^1]);
        TimeSpan delay = TimeSpan.FromMilliseconds(400);
        using (RunningFault fault = Start("action: dns, mode: delay, delay: 400ms"))
        {
            Assert.Contains("of 127.0.0.11 are held for 400 ms", fault.Record.Effect);
            // Two questions with the same number, as those of two processes may be.
            var late = new (byte[]? Answer, TimeSpan Took)[2];
            Parallel.For(0, late.Length, i => late[i] = Timed());
            Assert.All(late, one => Assert.Equal(known, one.Answer));
            Assert.All(late, one => Assert.InRange(one.Took, delay, Patience));
            fault.Undo();
        }

        Await(() => Timed() is var (answer, took) && took < delay && known.SequenceEqual(answer!), "the delay");
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<ContainerException>(() => Start("action: dns, mode: delay")).Reason);
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<ContainerException>(() => Start("action: dns, delay: 1s")).Reason);
        Assert.False(Directory.Exists(Injector.Ledger.Directory));
    });

    [Theory]
    [InlineData("action: partition")]
    [InlineData("action: link-down")]
    public void It_ends_with_PID_1_though_the_next_one_has_the_same_network(string step) => OwnNetwork.Run(() =>
    {
        IPAddress address = RunInBridge();
        using RunningFault fault = Start(step);
        Injector.Apply(new CrashFault(), Target);
        Assert.Equal(FaultEnd.TargetEnded, fault.WaitForEnd());
        Await(() => Call(address) == SocketError.Success, step);
        Assert.False(Directory.Exists(Injector.Ledger.Directory));
    });

    [Fact]
    public void When_the_watchdog_is_killed_the_files_are_enough_and_the_hosts_network_is_never_touched() => OwnNetwork.Run(() =>
    {
        IPAddress address = RunInBridge();
        using RunningFault fault = Start("action: partition");
        KillWatchdog(fault);

        IReadOnlyList<FaultRecord> undone = Injector.Ledger.UndoAbandoned();
        Assert.True(undone is [var only] && only.Id == fault.Record.Id, $"left: {string.Join("; ", Injector.Ledger.List())}");
        Await(() => Call(address) == SocketError.Success, "the ledger");
        foreach (string network in (string[])["host", "none"])
            Engine.Start(Engine.Create(new ContainerCreateOptions { Name = network, Image = "target", Command = ["pause"], Network = network }).Id);
        Assert.Equal(ErrorReason.NotSupported, Assert.Throws<ContainerException>(() => FaultInjector.Describe(new PartitionFault([]), ChaosTarget.Of(Engine.Get("host")))).Reason);
        Assert.Equal(ErrorReason.NotSupported, Assert.Throws<ContainerException>(() => FaultInjector.Describe(new LinkDownFault(), ChaosTarget.Of(Engine.Get("none")))).Reason);
    });

    [Theory]
    [InlineData("delay: 2m")]
    [InlineData("delay: 10ms, jitter: 20ms")]
    [InlineData("reorder: 25")]
    [InlineData("direction: in")]
    public void A_network_that_can_not_be_is_refused_whatever_the_kernel_has(string parameters)
    {
        var target = new ChaosTarget { Kind = "container", Name = "t", Id = "t", Pid = 1, PidStartTime = 1, CgroupPath = "/" };
        Assert.Equal(ErrorReason.InvalidArgument, Assert.Throws<ContainerException>(() => FaultInjector.Describe(FaultOwner.Read("action: netem, " + parameters), target)).Reason);
    }

    [NetemFact]
    public void A_delay_by_netem_is_in_each_direction_and_goes_with_the_fault() => OwnNetwork.Run(() =>
    {
        IPAddress address = RunInBridge();
        using RunningFault fault = Start("action: netem, delay: 200ms, jitter: 10ms, duplicate: 10, reorder: 10, corrupt: 0.1, rate: 100m");
        // The answer is later than the silence that is waited for.
        Assert.Equal(SocketError.TimedOut, Call(address));
        fault.Undo();
        Await(() => Call(address) == SocketError.Success, "the delay");
    });
}
