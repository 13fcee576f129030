using System.Net;
using System.Net.NetworkInformation;

namespace ContainerChaos.Linux.Tests;

/// <summary>Interfaces, addresses and routes, each test in a network namespace of its own.</summary>
public sealed class RouteSocketTests
{
    private static readonly PhysicalAddress s_address = new([2, 0x42, 10, 1, 0, 1]);

    [Fact]
    public void A_bridge_and_a_veth_make_a_wire_between_two_namespaces() => OwnNetwork.Run(() =>
    {
        using var routes = RouteSocket.Open();
        using var other = NetworkNamespace.Create();
        routes.AddBridge("ccbr-test", s_address);
        var bridge = routes.TryFind("ccbr-test")!;
        routes.Add(bridge, IPAddress.Parse("10.1.0.1"), 24);
        routes.Add(bridge, IPAddress.Parse("fd01::1"), 64);
        routes.SetState(bridge, up: true);
        routes.AddVeth("ccv0", bridge, "eth0", other, new PhysicalAddress([2, 0x42, 10, 1, 0, 2]));
        routes.SetHairpin(routes.TryFind("ccv0")!);
        routes.SetState(routes.TryFind("ccv0")!, up: true);

        using var inside = other.Run(RouteSocket.Open);
        var link = inside.TryFind("eth0")!;
        Assert.False(link.IsUp);
        inside.Add(link, IPAddress.Parse("10.1.0.2"), 24);
        inside.SetState(link, up: true);
        inside.AddDefaultRoute(link, IPAddress.Parse("10.1.0.1"));
        Assert.True(inside.TryFind("eth0")!.IsUp);
        Assert.Contains((link.Index, IPAddress.Parse("10.1.0.2"), 24), inside.AllAddresses());
        Assert.Contains((bridge.Index, IPAddress.Parse("fd01::1"), 64), routes.AllAddresses());

        using var server = InternetSocket.BindDatagram(new IPEndPoint(IPAddress.Parse("10.1.0.1"), 0));
        using var client = other.Run(() => InternetSocket.ConnectDatagram(server.LocalEndPoint));
        Assert.Equal(2, client.Send("hi"u8, out _));
        using var poll = new EventPoll();
        poll.Add(server, EventPollFlags.EPOLLIN, 1);
        Assert.Equal(1, poll.Wait(TimeSpan.FromSeconds(10), (_, _) => { }));
        Assert.Equal(2, server.ReceiveFrom(new byte[16], out var sender, out _));
        Assert.Equal(IPAddress.Parse("10.1.0.2"), sender!.Address);

        Assert.True(routes.TryDelete("ccv0"));
        Assert.False(routes.TryDelete("ccv0"));
        Assert.Null(inside.TryFind("eth0"));
        Assert.Null(routes.TryFind("ccv0"));
    });

    [Fact]
    public void Errors_have_the_kernels_names() => OwnNetwork.Run(() =>
    {
        using var routes = RouteSocket.Open();
        routes.AddBridge("ccbr-test", s_address);
        var error = Assert.Throws<ErrnoException>(() => routes.AddBridge("ccbr-test", s_address));
        Assert.Equal((Errno.EEXIST, "ccbr-test"), (error.Errno, error.Subject));
        Assert.Equal(Errno.ERANGE, Assert.Throws<ErrnoException>(() => routes.AddBridge("a-name-of-17-char", s_address)).Errno);
        var bridge = routes.TryFind("ccbr-test")!;
        routes.Add(bridge, IPAddress.Parse("10.1.0.1"), 24);
        Assert.Equal(Errno.EEXIST, Assert.Throws<ErrnoException>(() => routes.Add(bridge, IPAddress.Parse("10.1.0.1"), 24)).Errno);
        Assert.Equal(Errno.ENETUNREACH, Assert.Throws<ErrnoException>(() => routes.AddDefaultRoute(bridge, IPAddress.Parse("10.99.0.1"))).Errno);
    });

    [Fact]
    public void Work_in_another_namespace_leaves_the_thread_where_it_was() => OwnNetwork.Run(() =>
    {
        var before = new FileInfo("/proc/thread-self/ns/net").LinkTarget;
        using var other = NetworkNamespace.Create();
        var inside = other.Run(() => new FileInfo("/proc/thread-self/ns/net").LinkTarget);
        Assert.NotEqual(before, inside);
        Assert.Throws<InvalidOperationException>(() => other.Run(() => throw new InvalidOperationException()));
        Assert.Equal(before, new FileInfo("/proc/thread-self/ns/net").LinkTarget);
    });
}
