using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>What a container's networks know of its name, and what it was told about others and about name servers.</summary>
public sealed class RenamedContainerTests : NetworkTest
{
    [BusyboxFact]
    public void The_others_of_a_network_find_it_by_its_new_name_at_once_and_after_its_monitor_is_replaced() => OnOwnHost(() =>
    {
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "shop", Subnets = ["10.77.0.0/24"] });
        var web = Start("web", "shop", "exec busybox sleep 1000", options => options with { NetworkAliases = ["front"], Publish = ["127.0.0.1:8080:80"] });
        var client = Start("client", "shop", "exec busybox sleep 1000");
        Assert.Equal(0, Exec(client, "busybox nslookup -type=a web").Code);

        Engine.Rename("web", "shop-2");

        Assert.NotEqual(0, Exec(client, "busybox nslookup -type=a web").Code);
        foreach (var name in new[] { "shop-2", "front", web.ShortId })
            Assert.Contains(web.IPAddress!, Exec(client, $"busybox nslookup -type=a {name}").Output, StringComparison.Ordinal);
        Assert.Contains("shop-2.shop", Exec(client, $"busybox nslookup {web.IPAddress}").Output, StringComparison.Ordinal);
        Assert.Equal(["client", "shop-2"], Engine.GetNetwork("shop").Containers);
        // Who wants its port is told its new name.
        Assert.Contains("'shop-2'", Fails(ErrorReason.PortInUse, () => Start("late", "shop", "exec busybox sleep 1", options => options with { Publish = ["127.0.0.1:8080:80"] })).Message, StringComparison.Ordinal);

        KillMonitor(Engine.Get("shop-2"));
        Assert.Equal(web.IPAddress, Engine.Rename("shop-2", "shop-3").IPAddress);
        Assert.Contains(web.IPAddress!, Exec(client, "busybox nslookup -type=a shop-3").Output, StringComparison.Ordinal);
        Assert.Equal("container:shop-3", Engine.Create(new ContainerCreateOptions { Image = "busybox", Command = ["/bin/sh"], Network = "container:shop-3" }).Network);
        Engine.Rename("shop-3", "shop-4");
        Assert.Contains(Engine.List(), container => container.Network == "container:shop-4");
    });

    [BusyboxFact]
    public void Extra_hosts_and_name_servers_are_used_in_a_user_defined_network_too() => OnOwnHost(() =>
    {
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "shop", Subnets = ["10.77.0.0/24"] });
        AddHostAddress("10.99.0.53");
        // A name server of the host's, which answers everything with one name that does not exist here.
        using var server = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Dgram, System.Net.Sockets.ProtocolType.Udp);
        server.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Parse("10.99.0.53"), 53));
        server.ReceiveTimeout = 10_000;
        var container = Start("web", "shop", "exec busybox sleep 1000", options => options with
        {
            Hostname = "web",
            Domainname = "example.org",
            DnsServers = ["10.99.0.53"],
            DnsOptions = ["timeout:1"],
            ExtraHosts = ["db:10.0.0.9", "host:host-gateway"],
        });

        var (_, files) = Exec(container, "busybox cat /etc/hosts /etc/resolv.conf");
        Assert.Contains("10.0.0.9\tdb\n", files);
        Assert.Contains("10.77.0.1\thost\n", files);
        Assert.Contains($"{container.IPAddress}\tweb.example.org web\n", files);
        Assert.Contains("nameserver 127.0.0.11\n", files);
        Assert.Contains("options timeout:1 ndots:0", files);

        var code = 0;
        var asking = new Thread(() => code = Exec(container, "busybox nslookup -type=a elsewhere.test").Code);
        asking.Start();
        var buffer = new byte[512];
        System.Net.EndPoint from = new System.Net.IPEndPoint(System.Net.IPAddress.Any, 0);
        var length = server.ReceiveFrom(buffer, ref from);
        Assert.Contains("elsewhere", System.Text.Encoding.ASCII.GetString(buffer, 0, length), StringComparison.Ordinal);
        buffer[2] = 0x81;
        buffer[3] = 0x83; // a response: no such name (RFC 1035, 4.1.1)
        server.SendTo(buffer.AsSpan(0, length), from);
        asking.Join();
        Assert.NotEqual(0, code);
    });
}
