using System.Net;

namespace ContainerChaos.Linux.Tests;

/// <summary>What connection tracking remembers, in a network namespace of its own.</summary>
public sealed class ConnectionTableTests
{
    private const int Port = 9000;

    [Fact]
    public void Flows_of_UDP_to_a_port_are_forgotten_and_no_others() => OwnNetwork.Run(() =>
    {
        var (here, there) = (IPAddress.Parse("198.51.100.1"), IPAddress.Parse("198.51.100.2"));
        using (var routes = RouteSocket.Open())
        {
            foreach (var address in new[] { here, there })
                routes.Add(routes.TryFind("lo")!, address, 32);
        }
        // Tracking begins with the first rule that asks for it. What is sent there gets another source.
        const uint isNew = 8;
        using var table = NftTable.TryOpen("cctest")!;
        table.Commit(table.Begin().AddTable()
            .AddChain("output", "filter", NftHook.Output, 0).AddRule("output", new NftRule().ConnectionState(isNew).Accept())
            .AddChain("postrouting", "nat", NftHook.Postrouting, 100).AddRule("postrouting", new NftRule().Version(ipv6: false).Destination(here.GetAddressBytes()).Masquerade()));
        using var listener = InternetSocket.Listen(new IPEndPoint(IPAddress.Loopback, Port));
        using var connection = InternetSocket.BeginConnect(new IPEndPoint(IPAddress.Loopback, Port));
        using var masqueraded = InternetSocket.BindDatagram(new IPEndPoint(there, 0));
        masqueraded.SendTo("x"u8, new IPEndPoint(here, Port), out _);
        foreach (var (address, port) in new[] { ("127.0.0.1", Port), ("127.0.0.2", Port), ("::1", Port), ("127.0.0.1", Port + 1) })
        {
            using var client = InternetSocket.ConnectDatagram(new IPEndPoint(IPAddress.Parse(address), port));
            client.Send("x"u8, out _);
        }

        Assert.Equal(1, ConnectionTable.TryForgetDatagrams(IPAddress.Parse("127.0.0.2"), Port));
        Assert.Equal(1, ConnectionTable.TryForgetDatagrams(IPAddress.IPv6Loopback, Port));
        Assert.Equal(0, ConnectionTable.TryForgetDatagrams(IPAddress.Parse("127.0.0.2"), Port));
        Assert.Equal(1, ConnectionTable.TryForgetDatagrams(null, Port));
        Assert.Equal(0, ConnectionTable.TryForgetDatagrams(null, Port));
        Assert.Equal(1, ConnectionTable.TryForgetDatagrams(null, Port + 1));
    });
}
