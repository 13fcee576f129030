using System.Net;
using System.Security.Cryptography;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    private const string DefaultDataRoot = "/var/lib/containerchaos";

    private NetworkDirectory Networks => new(Path.Combine(Options.DataRoot, "networks"), Path.Combine(Options.RunRoot, "networks"));

    private string NetworksLock => Path.Combine(Networks.DataDirectory, ".lock");

    /// <summary>Makes a bridge network. Its interface is made when the first container needs it.</summary>
    /// <param name="options">What it shall be.</param>
    /// <exception cref="ContainerException">InvalidName, NameInUse, InvalidArgument, AddressInUse, PermissionDenied, DiskFull.</exception>
    public ContainerNetwork CreateNetwork(NetworkCreateOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!ContainerName.IsValid(options.Name) || options.Name is "none" or "host" || options.Name.StartsWith("container:", StringComparison.Ordinal))
            EngineErrors.Throw(ErrorReason.InvalidName, $"'{options.Name}' is not a network's name.", options.Name, "Use letters, digits, '_', '.' or '-', beginning with a letter or a digit; none and host are no networks.");
        RequireRoot(options.Name, options.Name);
        return Describe(Guard($"create network '{options.Name}'", options.Name, () =>
        {
            _store.EnsureDirectories();
            Directory.CreateDirectory(Networks.DataDirectory);
            using var changing = FileLock.Exclusive(NetworksLock);
            if (options.Name == NetworkDefinition.DefaultName || Networks.List().FirstOrDefault(network => network.Name == options.Name) is not null)
                EngineErrors.Throw(ErrorReason.NameInUse, $"There is a network '{options.Name}' already.", options.Name, $"Choose another name, or remove that one first: Remove-ContainerNetwork {options.Name}");
            return Write(options);
        }));
    }

    /// <summary>All networks, in the order of their names: those that were made, and those that always exist (bridge for root alone, host, none).</summary>
    public IReadOnlyList<ContainerNetwork> ListNetworks()
    {
        if (OwnIdentity.User == 0)
            Guard("list networks", NetworkDefinition.DefaultName, DefaultNetwork);
        return [.. Networks.List().Select(Describe).Append(Predefined("host")).Append(Predefined("none")).OrderBy(network => network.Name, StringComparer.Ordinal)];
    }

    /// <summary>Finds a network.</summary>
    /// <param name="nameOrId">Its name, its id, or a prefix of the id that no other has.</param>
    /// <exception cref="ContainerException">NetworkNotFound; InvalidArgument for an ambiguous prefix.</exception>
    public ContainerNetwork GetNetwork(string nameOrId) => FindPredefined(nameOrId) ?? Describe(FindNetwork(nameOrId));

    /// <summary>Removes a network and its bridge.</summary>
    /// <param name="nameOrId">As in <see cref="GetNetwork"/>.</param>
    /// <exception cref="ContainerException">NetworkInUse: containers that run are in it; InvalidArgument: it is the default one.</exception>
    public void RemoveNetwork(string nameOrId)
    {
        if (FindPredefined(nameOrId) is { } predefined)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"The network '{predefined.Name}' can't be removed: it always exists.", predefined.Name, "Leave it; it costs nothing.");
        var network = FindNetwork(nameOrId);
        if (network.IsDefault)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"The network '{network.Name}' can't be removed: it is the default one.", network.Name, "Leave it; without containers it costs nothing.");
        Guard($"remove network '{network.Name}'", network.Name, () =>
        {
            var networks = Networks;
            ReleaseAbandoned(network);
            using var held = FileLock.TryExclusive(networks.Lock(network.Id));
            if (held is null)
                return false;
            var users = networks.Leases(network.Id).Select(lease => lease.ContainerName).Distinct().ToArray();
            if (users.Length > 0)
            {
                EngineErrors.Throw(
                    ErrorReason.NetworkInUse, $"Cannot remove network '{network.Name}': {(users.Length == 1 ? "container" : "the containers")} {string.Join(", ", users.Select(user => $"'{user}'"))} {(users.Length == 1 ? "is" : "are")} in it.",
                    network.Name, $"Stop or disconnect first: Disconnect-Container {users[0]} -Network {network.Name}");
            }
            HostBridge.Remove(network, networks);
            networks.Forget(network.Id);
            OwnedDirectory.Sweep(networks.DataDirectory, Options.CcrunPath);
            var grave = OwnedDirectory.NewPath(networks.DataDirectory, "removed");
            Durable.Move(Path.Combine(networks.DataDirectory, network.Id), grave);
            OwnedDirectory.Delete(grave, Options.CcrunPath);
            ObjectEvents.Record(Options, EventTypes.Network, EventTypes.Destroy, network.Id, network.Name, ("type", "bridge"));
            return true;
        });
    }

    /// <summary>Connects a container to a network, at once when it runs.</summary>
    /// <param name="container">As in <see cref="Get"/>.</param>
    /// <param name="network">As in <see cref="GetNetwork"/>.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <exception cref="ContainerException">InvalidState: it is in it already, or it shares another's network; AddressInUse.</exception>
    public Container Connect(string container, string network, NetworkConnectOptions? options = null)
    {
        var definition = Find(container);
        if (FindPredefined(network) is { } predefined)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"Container '{definition.Name}' can't be connected to the network '{predefined.Name}'.", definition.Name, $"Create it with -Network {predefined.Name}: it is in no other then.");
        var found = FindNetwork(network);
        var endpoint = Endpoint(found, definition.Name, options ?? new NetworkConnectOptions());
        return Guard($"connect container '{definition.Name}'", definition.Name, () =>
        {
            var paths = RequireNetworks(definition);
            if (Ask(definition, monitor => monitor.Connect(endpoint)) is { } state)
                return Describe(definition, state);
            Change(paths, settings => settings.Endpoints.Any(present => present.NetworkId == found.Id)
                ? throw new ContainerException(ErrorReason.InvalidState, $"Container '{definition.Name}' is connected to the network '{found.Name}' already.", definition.Name) { Remedy = "Disconnect it first to change how." }
                : settings with { Endpoints = [.. settings.Endpoints, endpoint] });
            return Get(definition.Id);
        });
    }

    /// <summary>Disconnects a container from a network, at once when it runs.</summary>
    /// <param name="container">As in <see cref="Get"/>.</param>
    /// <param name="network">As in <see cref="GetNetwork"/>.</param>
    /// <exception cref="ContainerException">InvalidState: it is not in it.</exception>
    public Container Disconnect(string container, string network)
    {
        var definition = Find(container);
        return Guard($"disconnect container '{definition.Name}'", definition.Name, () =>
        {
            var paths = RequireNetworks(definition);
            // By the container's own record: the network may have been removed.
            var settings = JsonFile.TryRead(paths.Networks, SupervisorJson.ContainerNetworks);
            var endpoint = settings?.Endpoints.FirstOrDefault(present => present.NetworkName == network || present.NetworkId.StartsWith(network, StringComparison.Ordinal))
                ?? throw new ContainerException(ErrorReason.InvalidState, $"Container '{definition.Name}' is not connected to the network '{network}'.", definition.Name)
                {
                    Remedy = settings?.Endpoints.Count > 0 ? $"It is in {string.Join(", ", settings.Endpoints.Select(present => present.NetworkName))}." : "It is in no network.",
                };
            if (Ask(definition, monitor => monitor.Disconnect(endpoint.NetworkId)) is { } state)
                return Describe(definition, state);
            Change(paths, current => current with { Endpoints = [.. current.Endpoints.Where(present => present.NetworkId != endpoint.NetworkId)] });
            return Get(definition.Id);
        });
    }

    private ContainerNetwork Describe(NetworkDefinition network) => new()
    {
        Name = network.Name,
        Id = network.Id,
        Subnets = network.Subnets,
        Internal = network.Internal,
        Labels = network.Labels,
        CreatedAt = network.CreatedAt,
        Bridge = network.Bridge,
        Warning = network.Damage,
        Containers = Networks.Leases(network.Id).Select(lease => lease.ContainerName).Distinct().Order(StringComparer.Ordinal).ToArray(),
    };

    /// <summary>The host's own network, or none at all: nothing is stored of them.</summary>
    private ContainerNetwork Predefined(string name) => new()
    {
        Name = name,
        Id = PredefinedId(name),
        Driver = name == "none" ? "null" : name,
        Subnets = [],
        Labels = new Dictionary<string, string>(),
        Containers = _store.Ids().Select(_store.TryReadDefinition).OfType<ContainerDefinition>()
            .Where(container => container.NetworkMode == name && Refresh(container) is { } state && IsActive(state))
            .Select(container => container.Name).Order(StringComparer.Ordinal).ToArray(),
    };

    private ContainerNetwork? FindPredefined(string nameOrId) =>
        new[] { "host", "none" }.FirstOrDefault(name => nameOrId == name || nameOrId == PredefinedId(name) || nameOrId == PredefinedId(name)[..12]) is { } name ? Predefined(name) : null;

    private static string PredefinedId(string name) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes("containerchaos " + name)));

    private NetworkDefinition FindNetwork(string nameOrId)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrId);
        if (nameOrId == NetworkDefinition.DefaultName)
            return Guard("make the default network", nameOrId, DefaultNetwork);
        var networks = Networks.List();
        if (networks.FirstOrDefault(network => network.Name == nameOrId || network.Id == nameOrId) is { } exact)
            return exact;
        var matches = networks.Where(network => network.Id.StartsWith(nameOrId, StringComparison.Ordinal)).Take(2).ToArray();
        if (matches.Length == 2)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"'{nameOrId}' is the beginning of more than one network's id.", nameOrId, "Give more digits, or the name.");
        return matches.Length == 1 ? matches[0] : throw new ContainerException(ErrorReason.NetworkNotFound, $"No network '{nameOrId}'.", nameOrId)
        {
            Remedy = $"See Get-ContainerNetwork for those there are, or make it: New-ContainerNetwork {nameOrId}",
        };
    }

    private NetworkDefinition DefaultNetwork()
    {
        if (Networks.List().FirstOrDefault(network => network.IsDefault) is { } known)
            return known;
        _store.EnsureDirectories();
        Directory.CreateDirectory(Networks.DataDirectory);
        using var changing = FileLock.Exclusive(NetworksLock);
        return Networks.List().FirstOrDefault(network => network.IsDefault) ?? Write(new NetworkCreateOptions { Name = NetworkDefinition.DefaultName });
    }

    private NetworkDefinition Write(NetworkCreateOptions options)
    {
        var networks = Networks;
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var network = new NetworkDefinition
        {
            Id = id,
            Name = options.Name,
            // The well-known name is for the installation, not for each root that somebody tries something out in.
            Bridge = options.Name == NetworkDefinition.DefaultName && Options.DataRoot == DefaultDataRoot ? "ccbr0" : NetworkDirectory.BridgeOf(id),
            Subnets = new SubnetChoice(options, networks.List()).Choose(),
            Internal = options.Internal,
            Labels = options.Labels,
            CreatedAt = DateTimeOffset.UtcNow,
        };
        var draft = OwnedDirectory.NewPath(networks.DataDirectory, "create");
        OwnedDirectory.Sweep(networks.DataDirectory, Options.CcrunPath);
        Durable.Step?.Invoke($"make {draft}");
        Directory.CreateDirectory(draft);
        Write(Path.Combine(draft, "lock"), []);
        Durable.WriteNew(Path.Combine(draft, "network.json"), SupervisorJson.NetworkDefinition.ToBytes(network));
        Durable.Move(draft, Path.Combine(networks.DataDirectory, id));
        ObjectEvents.Record(Options, EventTypes.Network, EventTypes.Create, id, network.Name, ("type", "bridge"));
        return network;
    }

    /// <summary>The networks of a new container, none in some cases, with what its files in /etc say; null for one that shares another container's.</summary>
    private ContainerNetworks? ResolveNetworks(string network, ContainerCreateOptions options, Image image)
    {
        var subject = options.Name ?? options.Image;
        PortMapping[] ports = [.. options.Publish.SelectMany(PublishArgument.Parse)];
        if (options.PublishAll)
            ports = [.. ports, .. PublishArgument.Exposed(image.ExposedPorts).Where(exposed => !ports.Any(port => port.ContainerPort == exposed.ContainerPort && port.Protocol == exposed.Protocol))];
        if (network is "none" or "host" || network.StartsWith("container:", StringComparison.Ordinal))
        {
            if (network == "container:")
                EngineErrors.Throw(ErrorReason.InvalidArgument, "'container:' is not a network.", subject, "Use container:NAME.");
            if (ports.Length > 0 || options.PublishAll)
            {
                EngineErrors.Throw(
                    ErrorReason.InvalidArgument, $"Ports can't be published in the network '{network}'.", subject,
                    OwnIdentity.User == 0 ? "Use the network bridge, or one of New-ContainerNetwork." : "An ordinary user's containers have no network but none and host: in the network host, what it listens on can be reached as it is.");
            }
            if (options.NetworkAliases.Count > 0 || options.IPAddress is not null || options.IPv6Address is not null)
                EngineErrors.Throw(ErrorReason.InvalidArgument, $"In the network '{network}' a container has no alias and no address of its own.", subject, "Use a network of New-ContainerNetwork.");
            return network is "none" or "host" ? Settings([]) with { SharesHost = network == "host" } : null;
        }
        if (string.IsNullOrWhiteSpace(network))
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"'{network}' is not a network.", subject, "Use none, host, bridge, container:NAME or the name of a network.");
        RequireRoot(network, subject);
        var endpoint = Endpoint(FindNetwork(network), subject, new NetworkConnectOptions { Aliases = options.NetworkAliases, IPAddress = options.IPAddress, IPv6Address = options.IPv6Address });
        return Settings([endpoint]) with { Ports = ports };

        ContainerNetworks Settings(IReadOnlyList<EndpointSettings> endpoints) => new()
        {
            Endpoints = endpoints,
            DnsServers = options.DnsServers,
            DnsSearch = options.DnsSearch,
            DnsOptions = options.DnsOptions,
            ExtraHosts = [.. options.ExtraHosts.Select(host => ExtraHostArgument.Parse(host, subject))],
            Domainname = options.Domainname,
        };
    }

    private static void RequireRoot(string network, string subject)
    {
        if (OwnIdentity.User != 0)
            EngineErrors.Throw(ErrorReason.NotSupported, $"An ordinary user can't have the network '{network}': only root makes interfaces on the host.", subject, "Use the network none, host or container:NAME.");
    }

    private static EndpointSettings Endpoint(NetworkDefinition network, string subject, NetworkConnectOptions options)
    {
        if (network.Damage is { } damage)
            EngineErrors.Throw(ErrorReason.StoreDamaged, $"The network '{network.Name}' can't be used: {damage}", subject, $"Remove it: Remove-ContainerNetwork {network.Name}; then make it again.");
        if (network.IsDefault && (options.Aliases.Count > 0 || options.IPAddress is not null || options.IPv6Address is not null))
            EngineErrors.Throw(ErrorReason.InvalidArgument, "In the default network a container has no alias, and the address that it gets.", subject, "Use a network of New-ContainerNetwork.");
        foreach (var alias in options.Aliases)
        {
            if (!ContainerName.IsValid(alias) && !(alias.Length == 1 && char.IsAsciiLetterOrDigit(alias[0])))
                EngineErrors.Throw(ErrorReason.InvalidName, $"'{alias}' is not a name in a network.", subject, "Use letters, digits, '_', '.' or '-', beginning with a letter or a digit.");
        }
        return new EndpointSettings
        {
            NetworkId = network.Id,
            NetworkName = network.Name,
            Aliases = options.Aliases,
            IPAddress = Check(options.IPAddress, isIPv6: false),
            IPv6Address = Check(options.IPv6Address, isIPv6: true),
        };

        string? Check(string? text, bool isIPv6)
        {
            if (text is null)
                return null;
            if (!IPAddress.TryParse(text, out var address) || network.Subnets.FirstOrDefault(subnet => subnet.IsIPv6 == isIPv6 && IPNetwork.Parse(subnet.Subnet).Contains(address)) is not { } own || own.Gateway == address.ToString())
            {
                EngineErrors.Throw(
                    ErrorReason.InvalidArgument, $"'{text}' is not an address for a container in the network '{network.Name}' ({string.Join(", ", network.Subnets)}).", subject,
                    "Give an address of the network's subnet that is not its gateway.");
            }
            return address.ToString();
        }
    }

    private ContainerPaths RequireNetworks(ContainerDefinition definition)
    {
        var paths = _store.GetPaths(definition.Id);
        if (definition.NetworkMode is "none" or "host" || definition.NetworkContainerId is not null || !File.Exists(paths.Networks))
        {
            EngineErrors.Throw(
                ErrorReason.InvalidState, $"Container '{definition.Name}' was created with the network '{definition.NetworkMode}', and can be connected to no other.", definition.Name,
                "Create it with the network bridge, or with one of New-ContainerNetwork.");
        }
        return paths;
    }

    private static void Change(ContainerPaths paths, Func<ContainerNetworks, ContainerNetworks> change)
    {
        using var changing = FileLock.Exclusive(paths.NetworksLock);
        var settings = JsonFile.TryRead(paths.Networks, SupervisorJson.ContainerNetworks) ?? new ContainerNetworks();
        JsonFile.Write(paths.Networks, change(settings), SupervisorJson.ContainerNetworks);
    }

    /// <summary>Where the files are that a container has in its /etc: its own, or those of the one whose network it joins; null where there are none.</summary>
    private string? NetworkFilesFolder(ContainerNetworks? networks, string id, string? joined)
    {
        if (networks is not null)
            return _store.GetPaths(id).ContainerDirectory;
        return joined is not null && File.Exists(_store.GetPaths(joined).Networks) ? _store.GetPaths(joined).ContainerDirectory : null;
    }

    private static void WriteNetworks(ContainerPaths paths, ContainerNetworks? networks)
    {
        if (networks is null)
            return;
        Write(paths.Networks, SupervisorJson.ContainerNetworks.ToBytes(networks));
        // What is bound into the container has to be there; the monitor fills it at each start, and makes it where nobody can ask for it before.
        foreach (var name in networks.Endpoints.Count == 0 ? [] : NetworkFiles.Names)
            Write(Path.Combine(paths.ContainerDirectory, name), []);
    }

    /// <summary>A container that ended together with its monitor gives back what it had when somebody looks at it; one that is gone can't.</summary>
    private void ReleaseAbandoned(NetworkDefinition network)
    {
        foreach (var (address, id, _) in Networks.Leases(network.Id))
        {
            if (_store.TryReadDefinition(id) is not { } definition || Refresh(definition) is not { } state)
                Networks.Release(network.Id, id, [address], []);
            // One that is just starting has addresses before it is active, and a run directory before that.
            else if (!IsActive(state) && !Directory.Exists(_store.GetPaths(id).RunDirectory))
                Networks.Release(network.Id, id, [address], []);
        }
    }
}
