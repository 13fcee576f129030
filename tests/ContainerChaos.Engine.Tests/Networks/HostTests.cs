using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Testing;
using Xunit;

namespace ContainerChaos.Engine.Tests;

/// <summary>Networks on hosts that lack something, and on one whose packet rules somebody else takes away.</summary>
public sealed class HostTests : NetworkTest
{
    [BusyboxFact]
    public void Without_another_word_a_container_is_in_the_default_network() => OnOwnHost(() =>
    {
        var usual = new ContainerEngine(Options with { DefaultNetwork = "bridge" });
        var container = usual.Create(new ContainerCreateOptions { Name = "plain", Image = "busybox", Command = ["/bin/sh", "-c", "exec busybox sleep 1000"] });
        Assert.Equal("bridge", container.Network);
        Assert.Equal("172.17.0.2", Engine.Start("plain").IPAddress);
        Assert.Equal("none", Engine.Create(new ContainerCreateOptions { Name = "other", Image = "busybox", Command = ["/bin/sh"] }).Network);
        Assert.Equal("bridge", new EngineOptions().DefaultNetwork);
    });

    [BusyboxFact]
    public void A_kernel_without_nf_tables_publishes_by_the_proxy_and_says_what_is_missing() => OnOwnHost(() =>
    {
        AddHostAddress("198.51.100.1");
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "inner", Internal = true });
        const ulong netfilter = 12;
        var policy = new SeccompPolicy
        {
            DefaultAction = SeccompAction.Allow,
            Rules = [new SeccompRule("socket", SeccompAction.Error((int)Errno.EPROTONOSUPPORT), [new(0, SeccompComparison.Equal, 16), new(2, SeccompComparison.Equal, netfilter)])],
        };
        Assert.Equal(0, FilteredThread.Run(SeccompProgram.Compile(policy), () =>
        {
            var web = Start("web", "bridge", Say("hello"), options => options with { Publish = ["8080:80"] });
            Assert.Contains("no nf_tables (CONFIG_NF_TABLES)", Assert.Single(web.Warnings));
            Assert.Equal("hello", Ask("127.0.0.1", 8080));
            Assert.Equal("hello", Ask("198.51.100.1", 8080));
            // Nothing is missing where nothing leads out; and its names have port 53 itself.
            var inner = Start("alone", "inner", "exec busybox sleep 1000");
            Assert.Empty(inner.Warnings);
            Assert.Contains($"Address: {inner.IPAddress}", Exec(inner, "busybox nslookup -type=a alone").Output);
        }));
    });

    [BusyboxFact]
    public void Without_CAP_NET_ADMIN_the_error_names_it_and_nothing_is_left() => OnOwnHost(() => WithoutCapability.Run(WithoutCapability.NetAdmin, () =>
    {
        var error = Fails(ErrorReason.PermissionDenied, () => Start("plain", "bridge", "exec busybox sleep 1000"));
        Assert.Contains("can't be connected to the network 'bridge': CAP_NET_ADMIN is missing", error.Message);
        Assert.Contains("network none", error.Remedy);
        Assert.Empty(Engine.GetNetwork("bridge").Containers);
    }));

    [BusyboxFact]
    public void Rules_that_somebody_flushes_are_whole_again_with_the_next_start() => OnOwnHost(() =>
    {
        AddHostAddress("198.51.100.1");
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "six", Subnets = ["10.66.0.0/24", "fd66::/64"] });
        Start("first", "six", Say("first"), options => options with { Publish = ["8080:80", "198.51.100.1:8081:80"] });
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "inner", Internal = true });
        Start("inside", "inner", "exec busybox sleep 1000");
        Assert.Equal("first", Ask("198.51.100.1", 8080));
        var before = Elements();
        using (var table = NftTable.TryOpen("containerchaos")!)
            table.Commit(table.Begin().DeleteTable());

        // The proxy has it meanwhile.
        Assert.Equal("first", Ask("198.51.100.1", 8080));
        Start("second", "inner", "exec busybox sleep 1000");
        Assert.Equal(before, Elements());
        Assert.Equal("first", Ask("198.51.100.1", 8081));

        static string Elements()
        {
            using var list = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("nft", "-n list table inet containerchaos") { RedirectStandardOutput = true })!;
            return list.StandardOutput.ReadToEnd();
        }
    });

    [BusyboxFact]
    public void A_port_of_version_6_leads_to_the_container() => OnOwnHost(() =>
    {
        AddHostAddress("2001:db8::1");
        AddHostAddress("198.51.100.1");
        Engine.CreateNetwork(new NetworkCreateOptions { Name = "six", IPv6 = true });
        var web = Start("web", "six", Say("six"), options => options with { Publish = ["8080:80", "[2001:db8::1]:8081:80"] });
        Assert.Equal(["8080:80/tcp", "[2001:db8::1]:8081:80/tcp"], web.Ports.Select(port => port.ToString()));
        foreach (var (address, port) in new[] { ("2001:db8::1", 8080), ("2001:db8::1", 8081), ("::1", 8080), ("127.0.0.1", 8080), ("198.51.100.1", 8080) })
            Assert.Equal("six", Ask(address, port));
        Assert.Null(TryAsk("198.51.100.1", 8081));
    });

    [BusyboxFact]
    public void The_hosts_network_and_none_are_listed_with_their_containers() => OnOwnHost(() =>
    {
        Start("beside", "host", "exec busybox sleep 1000");
        Start("alone", "none", "exec busybox sleep 1000");
        var networks = Engine.ListNetworks();
        Assert.Equal([("bridge", "bridge"), ("host", "host"), ("none", "null")], networks.Select(network => (network.Name, network.Driver)));
        Assert.All(networks, network => Assert.True(network.IsPredefined));
        Assert.Equal(["beside"], networks[1].Containers);
        Assert.Equal(["alone"], Engine.GetNetwork("none").Containers);
        Assert.Equal("host", Engine.GetNetwork(networks[1].Id).Name);
        Assert.Contains("always exists", Fails(ErrorReason.InvalidArgument, () => Engine.RemoveNetwork("host")).Message);
        Assert.Contains("'none'", Fails(ErrorReason.InvalidArgument, () => Engine.Connect("beside", "none")).Message);
        Engine.Stop("alone");
        Assert.Empty(Engine.GetNetwork("none").Containers);
    });
}
