using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>Networks, volumes, and a container's places in them.</summary>
public static partial class SupervisorJson
{
    /// <summary>A container's <c>network.json</c>.</summary>
    public static JsonForm<ContainerNetworks> ContainerNetworks { get; } = new(ReadContainerNetworks, WriteContainerNetworks);

    /// <summary>A network's <c>network.json</c>.</summary>
    public static JsonForm<NetworkDefinition> NetworkDefinition { get; } = new(ReadNetworkDefinition, WriteNetworkDefinition);

    /// <summary><c>volume.json</c>.</summary>
    public static JsonForm<VolumeDefinition> VolumeDefinition { get; } = new(ReadVolumeDefinition, WriteVolumeDefinition);

    private static ContainerEndpoint ReadContainerEndpoint(ref SpecReader reader)
    {
        var value = new ContainerEndpoint { NetworkId = "", Network = "", Interface = "", HostInterface = "", MacAddress = "", Addresses = [] };
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "networkId" => value with { NetworkId = reader.Text() ?? "" },
                "network" => value with { Network = reader.Text() ?? "" },
                "interface" => value with { Interface = reader.Text() ?? "" },
                "hostInterface" => value with { HostInterface = reader.Text() ?? "" },
                "macAddress" => value with { MacAddress = reader.Text() ?? "" },
                "addresses" => value with { Addresses = reader.Texts() ?? [] },
                "gateways" => value with { Gateways = reader.Texts() ?? [] },
                "names" => value with { Names = reader.Texts() ?? [] },
                _ => reader.Skip(value),
            };
        }
        if (value.NetworkId.Length == 0)
            throw reader.Missing("networkId");
        return value;
    }

    private static void WriteContainerEndpoint(JsonText json, ContainerEndpoint value) => json
        .Add("networkId", value.NetworkId)
        .Add("network", value.Network)
        .Add("interface", value.Interface)
        .Add("hostInterface", value.HostInterface)
        .Add("macAddress", value.MacAddress)
        .Add("addresses", value.Addresses)
        .Add("gateways", value.Gateways)
        .Add("names", value.Names);

    internal static PortMapping ReadPortMapping(ref SpecReader reader)
    {
        var value = new PortMapping(null, 0, 0, "tcp");
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "hostAddress" => value with { HostAddress = reader.Text() },
                "hostPort" => value with { HostPort = reader.Int32() ?? 0 },
                "containerPort" => value with { ContainerPort = reader.Int32() ?? 0 },
                "protocol" => value with { Protocol = reader.Text() ?? "" },
                _ => reader.Skip(value),
            };
        }
        return value;
    }

    internal static void WritePortMapping(JsonText json, PortMapping value) => json
        .Add("hostAddress", value.HostAddress)
        .Add("hostPort", value.HostPort)
        .Add("containerPort", value.ContainerPort)
        .Add("protocol", value.Protocol);

    private static ContainerNetworks ReadContainerNetworks(ref SpecReader reader)
    {
        var value = new ContainerNetworks();
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "endpoints" => value with { Endpoints = reader.List(ReadEndpointSettings) ?? [] },
                "ports" => value with { Ports = reader.List(ReadPortMapping) ?? [] },
                "dnsServers" => value with { DnsServers = reader.Texts() ?? [] },
                "dnsSearch" => value with { DnsSearch = reader.Texts() ?? [] },
                "dnsOptions" => value with { DnsOptions = reader.Texts() ?? [] },
                "extraHosts" => value with { ExtraHosts = reader.Texts() ?? [] },
                "domainname" => value with { Domainname = reader.Text() },
                "sharesHost" => value with { SharesHost = reader.Boolean() ?? false },
                _ => reader.Skip(value),
            };
        }
        return value;
    }

    private static void WriteContainerNetworks(JsonText json, ContainerNetworks value) => json
        .AddEach("endpoints", value.Endpoints, WriteEndpointSettings)
        .AddEach("ports", value.Ports, WritePortMapping)
        .Add("dnsServers", value.DnsServers)
        .Add("dnsSearch", value.DnsSearch)
        .Add("dnsOptions", value.DnsOptions)
        .Add("extraHosts", value.ExtraHosts)
        .Add("domainname", value.Domainname)
        .Add("sharesHost", value.SharesHost);

    internal static EndpointSettings ReadEndpointSettings(ref SpecReader reader)
    {
        var value = new EndpointSettings { NetworkId = "", NetworkName = "" };
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "networkId" => value with { NetworkId = reader.Text() ?? "" },
                "networkName" => value with { NetworkName = reader.Text() ?? "" },
                "aliases" => value with { Aliases = reader.Texts() ?? [] },
                "ipAddress" => value with { IPAddress = reader.Text() },
                "iPv6Address" => value with { IPv6Address = reader.Text() },
                "lastAddresses" => value with { LastAddresses = reader.Texts() ?? [] },
                _ => reader.Skip(value),
            };
        }
        if (value.NetworkId.Length == 0)
            throw reader.Missing("networkId");
        return value;
    }

    internal static void WriteEndpointSettings(JsonText json, EndpointSettings value) => json
        .Add("networkId", value.NetworkId)
        .Add("networkName", value.NetworkName)
        .Add("aliases", value.Aliases)
        .Add("ipAddress", value.IPAddress)
        .Add("iPv6Address", value.IPv6Address)
        .Add("lastAddresses", value.LastAddresses);

    private static NetworkDefinition ReadNetworkDefinition(ref SpecReader reader)
    {
        var value = new NetworkDefinition { Id = "", Name = "", Bridge = "", Subnets = [] };
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "id" => value with { Id = reader.Text() ?? "" },
                "name" => value with { Name = reader.Text() ?? "" },
                "bridge" => value with { Bridge = reader.Text() ?? "" },
                "subnets" => value with { Subnets = reader.List(ReadNetworkSubnet) ?? [] },
                "internal" => value with { Internal = reader.Boolean() ?? false },
                "labels" => value with { Labels = reader.TextMap() ?? new Dictionary<string, string>() },
                "createdAt" => value with { CreatedAt = reader.Time() },
                _ => reader.Skip(value),
            };
        }
        if (value.Id.Length == 0)
            throw reader.Missing("id");
        if (value.Name.Length == 0)
            throw reader.Missing("name");
        if (value.Bridge.Length == 0)
            throw reader.Missing("bridge");
        return value;
    }

    private static void WriteNetworkDefinition(JsonText json, NetworkDefinition value) => json
        .Add("id", value.Id)
        .Add("name", value.Name)
        .Add("bridge", value.Bridge)
        .AddEach("subnets", value.Subnets, WriteNetworkSubnet)
        .Add("internal", value.Internal)
        .Add("labels", value.Labels)
        .Add("createdAt", value.CreatedAt);

    private static NetworkSubnet ReadNetworkSubnet(ref SpecReader reader)
    {
        var value = new NetworkSubnet { Subnet = "", Gateway = "" };
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "subnet" => value with { Subnet = reader.Text() ?? "" },
                "gateway" => value with { Gateway = reader.Text() ?? "" },
                "ipRange" => value with { IPRange = reader.Text() },
                _ => reader.Skip(value),
            };
        }
        if (value.Subnet.Length == 0)
            throw reader.Missing("subnet");
        return value;
    }

    private static void WriteNetworkSubnet(JsonText json, NetworkSubnet value) => json
        .Add("subnet", value.Subnet)
        .Add("gateway", value.Gateway)
        .Add("ipRange", value.IPRange);

    private static VolumeDefinition ReadVolumeDefinition(ref SpecReader reader)
    {
        var value = new VolumeDefinition { Name = "" };
        while (reader.NextKey(out var name))
        {
            value = name switch
            {
                "name" => value with { Name = reader.Text() ?? "" },
                "createdAt" => value with { CreatedAt = reader.Time() },
                "labels" => value with { Labels = reader.TextMap() ?? new Dictionary<string, string>() },
                "options" => value with { Options = reader.TextMap() ?? new Dictionary<string, string>() },
                "isAnonymous" => value with { IsAnonymous = reader.Boolean() ?? false },
                _ => reader.Skip(value),
            };
        }
        if (value.Name.Length == 0)
            throw reader.Missing("name");
        return value;
    }

    private static void WriteVolumeDefinition(JsonText json, VolumeDefinition value) => json
        .Add("name", value.Name)
        .Add("createdAt", value.CreatedAt)
        .Add("labels", value.Labels)
        .Add("options", value.Options)
        .Add("isAnonymous", value.IsAnonymous);
}
