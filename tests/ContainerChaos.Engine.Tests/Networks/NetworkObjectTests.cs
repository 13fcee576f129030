using ContainerChaos.Runtime;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Networks as objects: made, found, refused and removed.</summary>
public sealed class NetworkObjectTests : NetworkTest
{
    [BusyboxFact]
    public void A_network_is_made_found_and_removed() => OnOwnHost(() =>
    {
        var made = Engine.CreateNetwork(new NetworkCreateOptions { Name = "app", Subnets = ["10.9.0.0/16", "fd09::/64"], Labels = new Dictionary<string, string> { ["tier"] = "db" } });
        Assert.Equal(["10.9.0.0/16", "fd09::/64"], made.Subnets.Select(subnet => subnet.Subnet));
        Assert.Equal(["10.9.0.1", "fd09::1"], made.Subnets.Select(subnet => subnet.Gateway));
        Assert.Equal("db", made.Labels["tier"]);
        Assert.Equal(made.Id, Engine.GetNetwork("app").Id);
        Assert.Equal(made.Id, Engine.GetNetwork(made.ShortId).Id);
        Assert.Equal(["app", "bridge", "host", "none"], Engine.ListNetworks().Select(network => network.Name));
        Engine.RemoveNetwork("app");
        Assert.Equal("No network 'app'.", Fails(ErrorReason.NetworkNotFound, () => Engine.GetNetwork("app")).Message);
        Fails(ErrorReason.InvalidArgument, () => Engine.RemoveNetwork("bridge"));
    });

    [BusyboxFact]
    public void A_network_in_use_is_not_removed_and_a_removed_one_is_named_at_the_start() => OnOwnHost(() =>
    {
        var bridge = Engine.CreateNetwork(new NetworkCreateOptions { Name = "busy" }).Bridge;
        Start("user", "busy", "exec busybox sleep 1000");
        Assert.Equal("Cannot remove network 'busy': container 'user' is in it.", Fails(ErrorReason.NetworkInUse, () => Engine.RemoveNetwork("busy")).Message);
        Engine.Stop("user");
        Assert.Contains(bridge, Links());
        Engine.RemoveNetwork("busy");
        Assert.DoesNotContain(bridge, Links());
        Assert.Contains("'busy'", Fails(ErrorReason.NetworkNotFound, () => Engine.Start("user")).Message);
        Engine.Disconnect("user", "busy");
        Engine.Connect("user", "bridge");
        Assert.Equal("172.17.0.2", Engine.Start("user").IPAddress);
    });

    [BusyboxFact]
    public void What_makes_no_sense_is_refused_with_its_reason() => OnOwnHost(() =>
    {
        AddHostAddress("10.50.0.1");
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "first", Subnets = ["10.9.0.0/29"] });
        Fails(ErrorReason.NameInUse, () => Engine.CreateNetwork(new NetworkCreateOptions { Name = "first" }));
        foreach (var name in new[] { "host", "none", "bad/name", "x" })
            Fails(ErrorReason.InvalidName, () => Engine.CreateNetwork(new NetworkCreateOptions { Name = name }));
        Assert.Contains("network 'first'", Fails(ErrorReason.AddressInUse, () => Engine.CreateNetwork(new NetworkCreateOptions { Name = "other", Subnets = ["10.9.0.0/16"] })).Message);
        Assert.Contains("interface lo", Fails(ErrorReason.AddressInUse, () => Engine.CreateNetwork(new NetworkCreateOptions { Name = "other", Subnets = ["10.50.0.0/16"] })).Message);
        foreach (var options in new NetworkCreateOptions[]
        {
            new() { Name = "other", Subnets = ["10.1.2.3/16"] },
            new() { Name = "other", Subnets = ["10.1.0.0/31"] },
            new() { Name = "other", Subnets = ["word"] },
            new() { Name = "other", Subnets = ["10.1.0.0/16", "10.2.0.0/16"] },
            new() { Name = "other", Subnets = ["10.1.0.0/16"], Gateways = ["10.2.0.1"] },
            new() { Name = "other", Subnets = ["10.1.0.0/16"], IPRanges = ["10.2.0.0/24"] },
        })
            Fails(ErrorReason.InvalidArgument, () => Engine.CreateNetwork(options));
        Assert.Equal(["bridge", "first", "host", "none"], Engine.ListNetworks().Select(network => network.Name));

        var target = new ContainerCreateOptions { Image = "busybox", Command = ["/bin/sh"] };
        foreach (var options in new[]
        {
            target with { Network = "none", Publish = ["80:80"] },
            target with { Network = "bridge", Publish = ["80:80/sctp"] },
            target with { Network = "bridge", Publish = ["0:80"] },
            target with { Network = "bridge", Publish = ["80-82:80-81"] },
            target with { Network = "bridge", Publish = ["word:80:80"] },
            target with { Network = "bridge", NetworkAliases = ["web"] },
            target with { Network = "bridge", IPAddress = "172.17.0.9" },
            target with { Network = "first", IPAddress = "10.9.0.1" },
            target with { Network = "first", IPAddress = "10.10.0.1" },
        })
            Fails(ErrorReason.InvalidArgument, () => Engine.Create(options));
        Fails(ErrorReason.NetworkNotFound, () => Engine.Create(target with { Network = "missing" }));
        Assert.Empty(Engine.List());
        Assert.Contains("'none'", Fails(ErrorReason.InvalidState, () => Engine.Connect(Engine.Create(target with { Name = "alone", Network = "none" }).Id, "first")).Message);
    });

    [BusyboxFact]
    public void A_network_without_addresses_says_so_and_one_that_is_asked_for_belongs_to_one() => OnOwnHost(() =>
    {
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "tiny", Subnets = ["10.9.0.0/29"] });
        for (var i = 2; i <= 6; i++)
            Assert.Equal($"10.9.0.{i}", Start($"c{i}", "tiny", "exec busybox sleep 1000").IPAddress);
        Assert.Contains("no free address in 10.9.0.0/29", Fails(ErrorReason.AddressInUse, () => Start("c7", "tiny", "exec busybox sleep 1000")).Message);
        Assert.Equal(ContainerStatus.Created, Engine.Get("c7").State);
        Engine.Stop("c4");
        var asks = Engine.Create(new ContainerCreateOptions { Name = "asks", Image = "busybox", Command = ["/bin/sh", "-c", "exec busybox sleep 1000"], Network = "tiny", IPAddress = "10.9.0.3" });
        Assert.Contains("belongs to 'c3'", Fails(ErrorReason.AddressInUse, () => Engine.Start(asks.Id)).Message);
        Assert.Equal("10.9.0.4", Engine.Start("c7").IPAddress);
    });
}
