using System.Buffers.Binary;
using System.Net;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>
/// The host's packet rules for containers: one table of fixed rules that is made when it is first needed, whose sets and maps say
/// which bridges and which published ports there are. So a container that starts changes elements, never rules.
/// </summary>
internal sealed class HostFirewall : IDisposable
{
    private const string TableName = "containerchaos";
    private const uint Established = 2, Related = 4, DestinationTranslated = 32;
    private const int DestinationNat = -100, SourceNat = 100;

    private readonly NftTable _table;
    private readonly NetworkDirectory _networks;

    private HostFirewall(NftTable table, NetworkDirectory networks)
    {
        _table = table;
        _networks = networks;
    }

    /// <summary>That of this thread's network namespace; null where the kernel has no nf_tables.</summary>
    /// <param name="networks">What a table that is made anew is filled from.</param>
    internal static HostFirewall? TryOpen(NetworkDirectory networks) => NftTable.TryOpen(TableName) is { } table ? new HostFirewall(table, networks) : null;

    /// <summary>
    /// Makes the table where there is none, with all that belongs in it: somebody else's <c>flush ruleset</c> takes it away, and the next start brings it back,
    /// in one transaction.
    /// </summary>
    /// <returns>False where the kernel can't.</returns>
    internal bool TryEnsure()
    {
        if (_table.Exists)
            return true;
        var batch = Table();
        using (var routes = RouteSocket.Open())
        {
            foreach (var network in _networks.List().Where(network => routes.TryFind(network.Bridge) is not null))
                Add(batch, network);
        }
        foreach (var (port, target) in new PortDirectory(_networks).Published())
        {
            var host = port.HostAddress is null ? null : IPAddress.Parse(port.HostAddress);
            foreach (var address in target.Addresses.Where(address => host is null || host.AddressFamily == address.AddressFamily))
            {
                var (map, key) = KeyOf(host, port.Protocol == "udp" ? (byte)17 : (byte)6, port.HostPort, IsIPv6(address));
                batch.AddElement(map, key, NftType.Concat(address.GetAddressBytes(), Port(port.ContainerPort)));
            }
        }
        // Another monitor may make it at the same moment.
        return _table.TryCommit(batch) switch
        {
            Errno.None or Errno.EEXIST => true,
            Errno.ENOENT or Errno.EOPNOTSUPP or Errno.EPROTONOSUPPORT => false,
            var errno => throw new ErrnoException(errno, "nf_tables", TableName),
        };
    }

    /// <summary>Lets a bridge's containers out, and keeps others out of it.</summary>
    /// <returns>False where the kernel can't.</returns>
    internal bool TryAddBridge(NetworkDefinition network) => TryChange(batch => Add(batch, network));

    /// <summary>Forgets a bridge.</summary>
    internal void RemoveBridge(NetworkDefinition network)
    {
        // One at a time: of a namespace that never had it, or a table that somebody flushed, the rest still goes.
        var name = NftType.NameKey(network.Bridge);
        _table.TryCommit(_table.Begin().RemoveElement("bridges", name));
        _table.TryCommit(_table.Begin().RemoveElement("same_bridge", NftType.NameKey(network.Bridge, network.Bridge)));
        if (network.Internal)
            _table.TryCommit(_table.Begin().RemoveElement("internal", name));
        foreach (var subnet in network.Subnets)
            _table.TryCommit(_table.Begin().RemoveInterval(subnet.IsIPv6 ? "subnets6" : "subnets4", First(subnet), End(subnet)));
    }

    /// <summary>Publishes a port of the host, or changes whom it leads to.</summary>
    /// <returns>False where the kernel can't, and the proxy serves it all.</returns>
    internal bool TryPublish(IPAddress? host, byte protocol, int hostPort, IPAddress container, int containerPort)
    {
        var (map, key) = KeyOf(host, protocol, hostPort, IsIPv6(container));
        var data = NftType.Concat(container.GetAddressBytes(), Port(containerPort));
        // What it led to before, and what it leads to now, in one transaction: no packet finds neither.
        return _table.TryCommit(_table.Begin().RemoveElement(map, key).AddElement(map, key, data)) == Errno.None
            || TryChange(batch => batch.AddElement(map, key, data));
    }

    /// <summary>Takes it back.</summary>
    internal void Unpublish(IPAddress? host, byte protocol, int hostPort, bool isIPv6)
    {
        if (host is not null && IsIPv6(host) != isIPv6)
            return;
        var (map, key) = KeyOf(host, protocol, hostPort, isIPv6);
        _table.TryCommit(_table.Begin().RemoveElement(map, key));
    }

    internal static bool IsIPv6(IPAddress address) => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;

    public void Dispose() => _table.Dispose();

    /// <returns>False where the kernel has nf_tables, but lacks what the rules are made of: address translation for one.</returns>
    private bool TryChange(Action<NftBatch> change)
    {
        if (Try() is Errno.ENOENT)
        {
            if (!TryEnsure())
                return false;
            if (Try() is var errno and not Errno.None)
                throw new ErrnoException(errno, "nf_tables", TableName);
        }
        return true;

        Errno Try()
        {
            var batch = _table.Begin();
            change(batch);
            return _table.TryCommit(batch) switch
            {
                Errno.None or Errno.EEXIST => Errno.None,
                Errno.ENOENT => Errno.ENOENT,
                var other => throw new ErrnoException(other, "nf_tables", TableName),
            };
        }
    }

    private NftBatch Table()
    {
        var batch = _table.Begin().AddTable()
            .AddSet("bridges", NftType.InterfaceName).AddSet("internal", NftType.InterfaceName).AddSet("same_bridge", NftType.TwoInterfaceNames);
        batch.AddChain("prerouting", "nat", NftHook.Prerouting, DestinationNat).AddChain("output", "nat", NftHook.Output, DestinationNat)
            .AddChain("postrouting", "nat", NftHook.Postrouting, SourceNat).AddChain("forward", "filter", NftHook.Forward, 0);
        foreach (var ipv6 in new[] { false, true })
        {
            var (address, version) = ipv6 ? (NftType.IPv6, "6") : (NftType.IPv4, "4");
            batch.AddSet("subnets" + version, address, intervals: true)
                .AddSet("ports" + version, NftType.ProtocolAndPort, NftType.AddressAndPort(address))
                .AddSet("address_ports" + version, NftType.AddressProtocolAndPort(address), NftType.AddressAndPort(address));
            foreach (var chain in new[] { "prerouting", "output" })
                AddPublished(batch, chain, ipv6, version);
            // A container that reaches another, or itself, by a published port: the answer has to come back the same way.
            batch.AddRule("postrouting", new NftRule().Version(ipv6).ConnectionStatus(DestinationTranslated).LoadSource(ipv6, 0).In("subnets" + version, 0).Masquerade());
            batch.AddRule("postrouting", new NftRule().Version(ipv6).LoadSource(ipv6, 0).In("subnets" + version, 0).LoadOutputName(0).In("bridges", 0, inverted: true).Masquerade());
        }
        return batch
            .AddRule("forward", new NftRule().ConnectionState(Established | Related).Accept())
            .AddRule("forward", new NftRule().LoadInputName(0).LoadOutputName(4).In("same_bridge", 0).Accept())
            .AddRule("forward", new NftRule().LoadInputName(0).In("internal", 0).Drop())
            .AddRule("forward", new NftRule().LoadOutputName(0).In("internal", 0).Drop())
            .AddRule("forward", new NftRule().ConnectionStatus(DestinationTranslated).Accept())
            .AddRule("forward", new NftRule().LoadOutputName(0).In("bridges", 0).Drop());
    }

    private static void AddPublished(NftBatch batch, string chain, bool ipv6, string version)
    {
        // The key is in the registers from 0 on, what it leads to in those behind.
        var words = ipv6 ? 4 : 1;
        batch.AddRule(chain, new NftRule().Version(ipv6).DestinationIsLocal().LoadDestination(ipv6, 0).LoadProtocol(words).LoadDestinationPort(words + 1)
            .Map("address_ports" + version, 0, words + 2).TranslateDestination(ipv6, words + 2, (2 * words) + 2));
        // A loopback address is the proxy's: the kernel routes no such packet out of the host.
        var rule = new NftRule().Version(ipv6).DestinationIsLocal();
        if (chain == "output")
            rule.NotLoopback(ipv6);
        batch.AddRule(chain, rule.LoadProtocol(0).LoadDestinationPort(1).Map("ports" + version, 0, 2).TranslateDestination(ipv6, 2, 2 + words));
    }

    private static void Add(NftBatch batch, NetworkDefinition network)
    {
        batch.AddElement("bridges", NftType.NameKey(network.Bridge)).AddElement("same_bridge", NftType.NameKey(network.Bridge, network.Bridge));
        if (network.Internal)
            batch.AddElement("internal", NftType.NameKey(network.Bridge));
        foreach (var subnet in network.Subnets)
            batch.AddInterval(subnet.IsIPv6 ? "subnets6" : "subnets4", First(subnet), End(subnet));
    }

    private static (string Map, byte[] Key) KeyOf(IPAddress? host, byte protocol, int port, bool isIPv6)
    {
        var version = isIPv6 ? "6" : "4";
        return host is null
            ? ("ports" + version, NftType.Concat([protocol], Port(port)))
            : ("address_ports" + version, NftType.Concat(host.GetAddressBytes(), [protocol], Port(port)));
    }

    private static byte[] First(NetworkSubnet subnet) => IPNetwork.Parse(subnet.Subnet).BaseAddress.GetAddressBytes();

    private static byte[] End(NetworkSubnet subnet)
    {
        var network = IPNetwork.Parse(subnet.Subnet);
        var length = network.BaseAddress.GetAddressBytes().Length;
        var bytes = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, AddressRange.ToNumber(network.BaseAddress) + (UInt128.One << ((8 * length) - network.PrefixLength)));
        return bytes[(16 - length)..];
    }

    private static byte[] Port(int port) => [(byte)(port >> 8), (byte)port];
}
