using System.Net;

namespace ContainerChaos.Linux.Tests;

/// <summary>Packet rules by nfnetlink, each test in a network namespace of its own.</summary>
public sealed class NftTableTests
{
    private const byte Udp = 17;

    [Fact]
    public void A_transaction_is_done_as_a_whole_or_not_at_all() => OwnNetwork.Run(() =>
    {
        using var table = NftTable.TryOpen("cctest")!;
        Assert.False(table.Exists);
        Assert.Equal(Errno.None, table.TryCommit(table.Begin().AddTable().AddSet("names", NftType.InterfaceName)));
        Assert.True(table.Exists);
        Assert.Equal(Errno.EEXIST, table.TryCommit(table.Begin().AddTable()));

        // The second message fails, so the first one did not happen either.
        var key = NftType.NameKey("eth0");
        Assert.Equal(Errno.ENOENT, table.TryCommit(table.Begin().AddElement("names", key).AddElement("missing", key)));
        Assert.Equal(Errno.ENOENT, table.TryCommit(table.Begin().RemoveElement("names", key)));
        Assert.Equal(Errno.None, table.TryCommit(table.Begin().AddElement("names", key)));
        Assert.Equal(Errno.None, table.TryCommit(table.Begin().RemoveElement("names", key)));
        Assert.Equal(Errno.ENOENT, Assert.Throws<ErrnoException>(() => table.Commit(table.Begin().RemoveElement("names", key))).Errno);

        Assert.Equal(Errno.None, table.TryCommit(table.Begin().DeleteTable()));
        Assert.False(table.Exists);
    });

    [Fact]
    public void A_map_sends_a_port_elsewhere_for_as_long_as_it_is_in_it() => OwnNetwork.Run(() =>
    {
        using var table = NftTable.TryOpen("cctest")!;
        var loopback = IPAddress.Loopback.GetAddressBytes();
        using var server = InternetSocket.BindDatagram(new IPEndPoint(IPAddress.Loopback, 0));
        var port = server.LocalEndPoint.Port;
        var key = NftType.Concat([Udp], [0x23, 0x28]);
        table.Commit(table.Begin().AddTable().AddChain("output", "nat", NftHook.Output, -100)
            .AddSet("ports", NftType.ProtocolAndPort, NftType.AddressAndPort(NftType.IPv4))
            .AddRule("output", new NftRule().Version(ipv6: false).DestinationIsLocal().LoadProtocol(0).LoadDestinationPort(1).Map("ports", 0, 2).TranslateDestination(ipv6: false, 2, 3))
            .AddElement("ports", key, NftType.Concat(loopback, [(byte)(port >> 8), (byte)port])));

        Assert.True(Arrives(9000));
        Assert.False(Arrives(9001));
        table.Commit(table.Begin().RemoveElement("ports", key));
        Assert.False(Arrives(9000));

        bool Arrives(int to)
        {
            using var client = InternetSocket.ConnectDatagram(new IPEndPoint(IPAddress.Loopback, to));
            client.Send("x"u8, out _);
            // Loopback delivers within the send.
            return server.Receive(new byte[4], out _) == 1;
        }
    });
}
