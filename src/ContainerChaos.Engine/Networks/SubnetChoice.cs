using System.Net;
using System.Security.Cryptography;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>The subnets of a new network: those asked for, or some that nobody on this host has.</summary>
internal sealed class SubnetChoice
{
    private readonly NetworkCreateOptions _options;
    private readonly IReadOnlyList<(IPNetwork Network, string Owner)> _taken;

    public SubnetChoice(NetworkCreateOptions options, IEnumerable<NetworkDefinition> others)
    {
        _options = options;
        using var routes = RouteSocket.Open();
        var links = routes.Links();
        _taken =
        [
            .. others.SelectMany(other => other.Subnets.Select(subnet => (IPNetwork.Parse(subnet.Subnet), $"network '{other.Name}'"))),
            .. routes.AllAddresses().Select(entry => (Mask(entry.Address, entry.PrefixLength), $"interface {links.FirstOrDefault(link => link.Index == entry.Index)?.Name}")),
        ];
    }

    /// <exception cref="ContainerException">InvalidArgument; AddressInUse: a subnet overlaps another's.</exception>
    public IReadOnlyList<NetworkSubnet> Choose()
    {
        var asked = _options.Subnets.Select(Parse).ToList();
        if (asked.GroupBy(subnet => subnet.BaseAddress.AddressFamily).Any(group => group.Count() > 1))
            throw Invalid("has two subnets of one version of IP", "Give one of each at most.");
        foreach (var subnet in asked)
        {
            if (_taken.FirstOrDefault(taken => Overlap(taken.Network, subnet)) is { Owner: { } owner } other)
            {
                throw new ContainerException(ErrorReason.AddressInUse, $"Network '{_options.Name}': {subnet} overlaps {other.Network} of {owner}.", _options.Name)
                {
                    Remedy = "Choose another -Subnet, or leave it out.",
                };
            }
        }
        // Version 4 first, also when both were asked for the other way round.
        var ipv4 = asked.Where(subnet => subnet.PrefixLength <= 32 && !IsIPv6(subnet)).DefaultIfEmpty(Free(Pools4())).First();
        var subnets = new List<IPNetwork> { ipv4 };
        if (asked.Any(IsIPv6))
            subnets.Add(asked.First(IsIPv6));
        else if (_options.IPv6)
            subnets.Add(Free(Pools6()));
        foreach (var text in _options.Gateways.Where(gateway => !subnets.Any(subnet => IPAddress.TryParse(gateway, out var address) && subnet.Contains(address))))
            throw Invalid($"has the gateway '{text}', which is no address of its subnets", "Give an address of a -Subnet.");
        foreach (var text in _options.IPRanges.Where(range => !subnets.Any(subnet => IPNetwork.TryParse(range, out var part) && subnet.Contains(part.BaseAddress) && part.PrefixLength >= subnet.PrefixLength)))
            throw Invalid($"has the range '{text}', which is no part of its subnets", "Give a part of a -Subnet in CIDR notation.");
        return [.. subnets.Select(Describe)];
    }

    private NetworkSubnet Describe(IPNetwork subnet)
    {
        var first = subnet.BaseAddress.GetAddressBytes();
        first[^1]++;
        return new NetworkSubnet
        {
            Subnet = subnet.ToString(),
            Gateway = _options.Gateways.Select(IPAddress.Parse).FirstOrDefault(subnet.Contains, new IPAddress(first)).ToString(),
            IPRange = _options.IPRanges.FirstOrDefault(range => subnet.Contains(IPNetwork.Parse(range).BaseAddress)),
        };
    }

    private IPNetwork Parse(string text)
    {
        // Which of them takes bits behind the prefix depends on the version of .NET.
        if (!IPNetwork.TryParse(text, out var subnet) || subnet.BaseAddress.ToString() != IPAddress.Parse(text.Split('/')[0]).ToString())
            throw Invalid($"has the subnet '{text}', which is not one in CIDR notation", "Write 172.28.0.0/16, with no bits set behind the prefix.");
        if (subnet.PrefixLength > (IsIPv6(subnet) ? 126 : 30) || subnet.PrefixLength < 8)
            throw Invalid($"has the subnet '{text}', which has no room for a gateway and containers, or too much", "Use a prefix of 8 to 30 bits, of version 6 up to 126.");
        return subnet;
    }

    private IPNetwork Free(IEnumerable<IPNetwork> pools)
    {
        foreach (var pool in pools)
        {
            if (!_taken.Any(taken => Overlap(taken.Network, pool)))
                return pool;
        }
        throw new ContainerException(ErrorReason.AddressInUse, $"Network '{_options.Name}': all subnets that are meant for networks are taken.", _options.Name)
        {
            Remedy = "Give a -Subnet, or remove networks that nobody needs.",
        };
    }

    // Docker's default pools.
    private static IEnumerable<IPNetwork> Pools4() =>
        Enumerable.Range(17, 15).Select(i => new IPNetwork(new IPAddress([172, (byte)i, 0, 0]), 16))
            .Concat(Enumerable.Range(0, 16).Select(i => new IPNetwork(new IPAddress([192, 168, (byte)(16 * i), 0]), 20)));

    // RFC 4193: forty bits of chance make a prefix that nobody else has.
    private static IEnumerable<IPNetwork> Pools6()
    {
        while (true)
            yield return new IPNetwork(new IPAddress([0xfd, .. RandomNumberGenerator.GetBytes(5), .. new byte[10]]), 64);
    }

    private static bool Overlap(IPNetwork one, IPNetwork other) => one.Contains(other.BaseAddress) || other.Contains(one.BaseAddress);

    private static bool IsIPv6(IPNetwork network) => network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;

    private static IPNetwork Mask(IPAddress address, int prefixLength)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefixLength; bit < 8 * bytes.Length; bit++)
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), prefixLength);
    }

    private ContainerException Invalid(string problem, string remedy) => new(ErrorReason.InvalidArgument, $"Network '{_options.Name}' {problem}.", _options.Name) { Remedy = remedy };
}
