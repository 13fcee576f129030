using System.Net;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Containers in bridge networks: their addresses, routes, files and names.</summary>
public sealed class BridgeTests : NetworkTest
{
    [BusyboxFact]
    public void A_container_of_the_default_network_has_an_address_a_way_out_and_its_files() => OnOwnHost(() =>
    {
        var container = Start("one", "bridge", "exec busybox sleep 1000");
        var network = Engine.GetNetwork("bridge");
        var endpoint = Assert.Single(container.Endpoints);
        Assert.Equal(("bridge", "eth0", "172.17.0.2/16"), (endpoint.Network, endpoint.Interface, Assert.Single(endpoint.Addresses)));
        Assert.Equal("172.17.0.2", container.IPAddress);
        Assert.Equal(["one"], Engine.GetNetwork("bridge").Containers);
        Assert.Contains(network.Bridge, Links());
        Assert.Contains(endpoint.HostInterface, Links());

        var (code, output) = Exec(container, "busybox ip addr show dev eth0; busybox ip route; busybox cat /etc/hosts /etc/resolv.conf /etc/hostname; busybox ping -c 1 -W 5 172.17.0.1");
        Assert.True(code == 0, output);
        Assert.Contains("inet 172.17.0.2/16 brd 172.17.255.255", output);
        Assert.Contains(endpoint.MacAddress, output);
        Assert.Contains("default via 172.17.0.1 dev eth0", output);
        Assert.Contains($"172.17.0.2\t{container.ShortId}", output);
        Assert.Contains($"\n{container.ShortId}\n", output);
        Assert.DoesNotContain("inet6", output);
        Assert.Equal("1", File.ReadAllText("/proc/thread-self/root/proc/sys/net/ipv4/ip_forward").Trim());
    });

    [BusyboxFact]
    public void An_address_survives_a_stop_a_start_and_a_restart_by_the_policy() => OnOwnHost(() =>
    {
        var first = Start("first", "bridge", "exec busybox sleep 1000", options => options with { RestartPolicy = RestartPolicy.Parse("always"), RestartDelay = RestartDelay.None });
        Engine.Stop("first");
        Assert.Empty(Engine.Get("first").Endpoints);
        var second = Start("second", "bridge", "exec busybox sleep 1000");
        Assert.NotEqual(first.IPAddress, second.IPAddress);
        Assert.Equal(first.IPAddress, Engine.Start("first").IPAddress);

        using var events = Engine.Subscribe("first");
        using (var process = PidFd.Open(Engine.GetProcessId("first")!.Value))
            process.SendSignal(9);
        AwaitEvent(events, EventTypes.Start);
        Assert.Equal(first.IPAddress, Engine.Get("first").IPAddress);
        Assert.Equal(0, Exec(second, $"busybox ping -c 1 -W 5 {first.IPAddress}").Code);
    });

    [BusyboxFact]
    public void Containers_of_a_network_find_each_other_by_name_alias_and_address() => OnOwnHost(() =>
    {
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "Shop", Subnets = ["10.77.0.0/24"], IPRanges = ["10.77.0.128/25"], Gateways = ["10.77.0.250"] });
        var web = Start("web", "Shop", "exec busybox sleep 1000", options => options with { NetworkAliases = ["Front"] });
        var client = Start("client", "Shop", "exec busybox sleep 1000");
        Assert.Equal("10.77.0.128", web.IPAddress);

        foreach (var name in new[] { "web", "WEB", "front", web.ShortId, "web.shop" })
        {
            var (_, output) = Exec(client, $"busybox nslookup -type=a {name}");
            Assert.Contains($"Address: {web.IPAddress}", output);
        }
        Assert.Contains("nameserver 127.0.0.11", Exec(client, "busybox cat /etc/resolv.conf").Output);
        Assert.Contains("web.Shop", Exec(client, $"busybox nslookup {web.IPAddress}").Output);
        Assert.Equal(0, Exec(client, $"busybox ping -c 1 -W 5 {web.IPAddress}").Code);

        Engine.Stop("web");
        Assert.DoesNotContain($"Address: {web.IPAddress}", Exec(client, "busybox nslookup -type=a web").Output);
    });

    [BusyboxFact]
    public void A_name_server_of_the_containers_own_can_have_port_53() => OnOwnHost(() =>
    {
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "names" });
        var container = Start("own", "names", "exec busybox sleep 1000");
        using var space = NetworkNamespace.TryOpen(container.Pid!.Value)!;
        using var own = space.Run(() => InternetSocket.BindDatagram(new IPEndPoint(IPAddress.Any, 53)));
        var (_, output) = Exec(container, "busybox nslookup -type=a own");
        Assert.Contains($"Address: {container.IPAddress}", output);
    });

    [BusyboxFact]
    public void Networks_are_apart_and_an_internal_one_leads_nowhere() => OnOwnHost(() =>
    {
        AddHostAddress("198.51.100.1");
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "left" });
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "right" });
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "inner", Internal = true });
        var left = Start("one", "left", "exec busybox sleep 1000");
        var right = Start("two", "right", "exec busybox sleep 1000");
        var inner = Start("alone", "inner", "exec busybox sleep 1000");
        Assert.Equal(0, Exec(left, "busybox ping -c 1 -W 5 198.51.100.1").Code);
        Assert.NotEqual(0, Exec(left, $"busybox ping -c 1 -W 1 {right.IPAddress}").Code);
        Assert.NotEqual(0, Exec(inner, "busybox ping -c 1 -W 1 198.51.100.1").Code);
        Assert.DoesNotContain("default", Exec(inner, "busybox ip route").Output);

        // The published way in is there for other networks as well, and the one that both are in.
        Engine.Connect("one", "right", new NetworkConnectOptions { Aliases = ["guest"] });
        Assert.Equal(0, Exec(left, $"busybox ping -c 1 -W 5 {right.IPAddress}").Code);
        Assert.Contains(Engine.Get("one").Endpoints[1].IPAddress!, Exec(right, "busybox nslookup -type=a guest").Output);
        Assert.Contains("eth1", Exec(left, "busybox ip link").Output);
        Fails(ErrorReason.InvalidState, () => Engine.Connect("one", "right"));
        Engine.Disconnect("one", "left");
        Assert.Equal(["right"], Engine.Get("one").Endpoints.Select(endpoint => endpoint.Network));
        Assert.Contains($"default via {right.Endpoints[0].Gateways[0]}", Exec(left, "busybox ip route").Output);
        Fails(ErrorReason.InvalidState, () => Engine.Disconnect("one", "left"));

        var events = Engine.ReadEvents(new ContainerEventOptions { Since = DateTimeOffset.MinValue, Until = DateTimeOffset.UtcNow, Filter = e => e.ObjectType == "network" }).ToList();
        Assert.Equal(["connect left", "connect right", "disconnect left"], events.Where(e => e.Attributes.GetValueOrDefault("containerName") == "one").Select(e => $"{e.Type} {e.Name}"));
        Assert.Equal(Engine.ListNetworks().Where(one => one.Driver == "bridge" && one.Name != "bridge").Select(one => one.Id).Order(), events.Where(e => e.Type == "create").Select(e => e.ObjectId!).Order());
    });

    [BusyboxFact]
    public void Version_6_has_addresses_names_and_a_way_out() => OnOwnHost(() =>
    {
        var network = Engine.CreateNetwork(new NetworkCreateOptions { Name = "six", IPv6 = true });
        Assert.True(network.IPv6);
        var one = Start("one", "six", "exec busybox sleep 1000");
        var two = Start("two", "six", "exec busybox sleep 1000");
        var address = one.Endpoints[0].IPv6Address!;
        Assert.StartsWith("fd", address, StringComparison.Ordinal);
        Assert.Contains($"Address: {address}", Exec(two, "busybox nslookup -type=aaaa one").Output);
        Assert.Equal(0, Exec(two, $"busybox ping -6 -c 1 -W 5 {address}").Code);
        Assert.Contains($"default via {one.Endpoints[0].Gateways[1]}", Exec(two, "busybox ip -6 route").Output);
    });

    [BusyboxFact]
    public void A_monitor_that_is_killed_is_replaced_by_one_that_answers_for_the_network() => OnOwnHost(() =>
    {
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "net" });
        var container = Start("kept", "net", Say("kept"), options => options with { Publish = ["8080:80"] });
        KillMonitor(container);
        var after = Engine.Get("kept");
        Assert.Equal(container.IPAddress, after.IPAddress);
        Assert.Contains($"Address: {container.IPAddress}", Exec(after, "busybox nslookup -type=a kept").Output);
        Assert.Equal("kept", Ask("127.0.0.1", 8080));
    });
}
