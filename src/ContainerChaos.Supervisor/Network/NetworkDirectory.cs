using System.Globalization;
using System.Net;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>
/// What all containers know of a network: its definition, which outlives a boot, and who has which address and name in it, which does not.
/// </summary>
/// <remarks>
/// An address is taken by a symbolic link of its name, which only one can make and whose target says who has it. Whoever is
/// attached holds the network's lock shared meanwhile; who removes the network holds it alone.
/// </remarks>
/// <param name="DataDirectory">The networks' folder below the data root.</param>
/// <param name="RunDirectory">The networks' folder below the run root.</param>
public sealed record NetworkDirectory(string DataDirectory, string RunDirectory)
{
    /// <summary>How many addresses are tried before a network counts as full.</summary>
    private const int MaximumTries = 1 << 17;

    /// <summary>The networks beside a container.</summary>
    public static NetworkDirectory Beside(ContainerPaths container)
    {
        ArgumentNullException.ThrowIfNull(container);
        return new(
            Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(container.ContainerDirectory))!, "networks"),
            Path.Combine(Path.GetDirectoryName(container.RunDirectory)!, "networks"));
    }

    /// <summary>A network by its id; null when there is none (any more).</summary>
    /// <remarks>One that can't be read has its id for a name, no subnets, and says why.</remarks>
    public NetworkDefinition? TryRead(string id)
    {
        try
        {
            if (JsonFile.TryRead(Definition(id), SupervisorJson.NetworkDefinition) is { } definition)
                return definition;
            return Directory.Exists(Path.Combine(DataDirectory, id)) ? Unknown($"{Definition(id)} is missing.") : null;
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.StoreDamaged)
        {
            return Unknown(e.Message);
        }

        NetworkDefinition Unknown(string damage) => new() { Id = id, Name = id, Bridge = BridgeOf(id), Subnets = [], Damage = damage };
    }

    /// <summary>The name of a network's interface on the host; that of an interface has 15 characters (netdevice(7)).</summary>
    public static string BridgeOf(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return "ccbr-" + id[..Math.Min(10, id.Length)];
    }

    /// <summary>All networks, in the order of their names.</summary>
    public IReadOnlyList<NetworkDefinition> List() => !Directory.Exists(DataDirectory)
        ? []
        : [.. Directory.EnumerateDirectories(DataDirectory).Select(path => Path.GetFileName(path)).Where(name => name[0] != '.')
            .Select(TryRead).OfType<NetworkDefinition>().OrderBy(network => network.Name, StringComparer.Ordinal)];

    /// <summary>The file of a network's definition.</summary>
    public string Definition(string id) => Path.Combine(DataDirectory, id, "network.json");

    /// <summary>The file that is locked.</summary>
    public string Lock(string id) => Path.Combine(DataDirectory, id, "lock");

    /// <summary>Who has an address: their container's id and name.</summary>
    public IReadOnlyList<(string Address, string ContainerId, string ContainerName)> Leases(string id)
    {
        var folder = Addresses(id);
        if (!Directory.Exists(folder))
            return [];
        var leases = new List<(string, string, string)>();
        foreach (var link in new DirectoryInfo(folder).EnumerateFileSystemInfos())
        {
            // What is not an address alone is one that is just changing hands.
            if (System.Net.IPAddress.TryParse(link.Name, out _) && link.LinkTarget?.Split('/') is [var container, var name])
                leases.Add((link.Name, container, name));
        }
        return leases;
    }

    /// <summary>Gives back what a container has of a network.</summary>
    public void Release(string id, string containerId, IEnumerable<string> addresses, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        ArgumentNullException.ThrowIfNull(names);
        foreach (var name in names)
        {
            var folder = Path.Combine(Names(id), name);
            try
            {
                File.Delete(Path.Combine(folder, containerId));
                Directory.Delete(folder);
            }
            catch (IOException)
            {
                // It never had the name, or another container has it as well.
            }
        }
        foreach (var address in addresses)
        {
            var path = Path.Combine(Addresses(id), address);
            if (HolderOf(path) is { } holder && holder.StartsWith(containerId, StringComparison.Ordinal))
                File.Delete(path);
        }
    }

    /// <summary>Forgets everything that is known of a network's use.</summary>
    public void Forget(string id)
    {
        if (Directory.Exists(Path.Combine(RunDirectory, id)))
            Directory.Delete(Path.Combine(RunDirectory, id), recursive: true);
    }

    /// <summary>Takes an address.</summary>
    /// <param name="network">The network.</param>
    /// <param name="subnet">One of its subnets.</param>
    /// <param name="containerId">Who takes it.</param>
    /// <param name="containerName">Their name.</param>
    /// <param name="required">The address that it must be; null for any.</param>
    /// <param name="preferred">The one that it should be.</param>
    /// <exception cref="ContainerException">AddressInUse: the required one belongs to somebody; NetworkFull.</exception>
    internal IPAddress Take(NetworkDefinition network, NetworkSubnet subnet, string containerId, string containerName, string? required, string? preferred)
    {
        Directory.CreateDirectory(Addresses(network.Id));
        var holder = $"{containerId}/{containerName}";
        if (required is not null)
        {
            if (!TryTake(network.Id, required, holder))
            {
                throw new ContainerException(
                    ErrorReason.AddressInUse, $"{containerName}: the address {required} of the network '{network.Name}' belongs to '{HolderOf(Path.Combine(Addresses(network.Id), required))?.Split('/')[^1]}'.", containerName)
                {
                    Remedy = "Give another address, or disconnect that container.",
                };
            }
            return System.Net.IPAddress.Parse(required);
        }
        var range = new AddressRange(subnet);
        if (preferred is not null && range.Contains(preferred) && TryTake(network.Id, preferred, holder))
            return System.Net.IPAddress.Parse(preferred);
        // Onwards from the last one taken: an address that was just given back is likely to be asked for again by whoever had it.
        var cursor = Path.Combine(RunDirectory, network.Id, subnet.IsIPv6 ? "next6" : "next4");
        UInt128.TryParse(TryReadText(cursor), NumberStyles.None, CultureInfo.InvariantCulture, out var next);
        var tries = (int)UInt128.Min(range.Count, MaximumTries);
        for (var i = 0; i < tries; i++)
        {
            var position = (next + (UInt128)i) % range.Count;
            if (range[position] is not { } address || !TryTake(network.Id, address.ToString(), holder))
                continue;
            // Two that write it at once do no harm: it is a hint.
            File.WriteAllText(cursor, (position + 1).ToString(CultureInfo.InvariantCulture));
            return address;
        }
        throw new ContainerException(ErrorReason.AddressInUse, $"{containerName}: the network '{network.Name}' has no free address in {subnet.IPRange ?? subnet.Subnet}.", containerName)
        {
            Remedy = "Stop or disconnect containers of this network, or make one with a larger -Subnet.",
        };
    }

    /// <summary>Lets a container be found by names.</summary>
    internal void AddNames(string id, string containerId, IEnumerable<string> names, IEnumerable<string> addresses)
    {
        var target = string.Join(',', addresses);
        foreach (var name in names)
        {
            var folder = Directory.CreateDirectory(Path.Combine(Names(id), name)).FullName;
            var link = Path.Combine(folder, containerId);
            File.Delete(link);
            File.CreateSymbolicLink(link, target);
        }
    }

    /// <summary>Gives an endpoint's addresses and names to the same container under another name. The new names are there before the old ones go.</summary>
    internal void Reassign(ContainerEndpoint endpoint, string containerId, string containerName, IReadOnlyList<string> names)
    {
        string[] addresses = [.. endpoint.Addresses.Select(ContainerEndpoint.Plain)];
        AddNames(endpoint.NetworkId, containerId, names.Except(endpoint.Names), addresses);
        foreach (var address in addresses)
        {
            // By rename, so that the address is never free for others in between.
            var path = Path.Combine(Addresses(endpoint.NetworkId), address);
            var draft = $"{path}.{containerId}";
            if (HolderOf(path) is not { } holder || !holder.StartsWith(containerId, StringComparison.Ordinal) || holder == $"{containerId}/{containerName}")
                continue;
            File.Delete(draft);
            File.CreateSymbolicLink(draft, $"{containerId}/{containerName}");
            File.Move(draft, path, overwrite: true);
        }
        Release(endpoint.NetworkId, containerId, [], endpoint.Names.Except(names));
    }

    /// <summary>The addresses of all who have a name.</summary>
    internal IEnumerable<string> Find(string id, string name)
    {
        var folder = Path.Combine(Names(id), name);
        if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal) || name is "." or ".." || !Directory.Exists(folder))
            return [];
        return [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().Select(link => link.LinkTarget).OfType<string>().SelectMany(target => target.Split(','))];
    }

    /// <summary>The name of the container that has an address; null when none has.</summary>
    internal string? FindName(string id, string address) => HolderOf(Path.Combine(Addresses(id), address))?.Split('/')[^1];

    private string Addresses(string id) => Path.Combine(RunDirectory, id, "addresses");

    private string Names(string id) => Path.Combine(RunDirectory, id, "names");

    private bool TryTake(string id, string address, string holder)
    {
        var path = Path.Combine(Addresses(id), address);
        try
        {
            File.CreateSymbolicLink(path, holder);
            return true;
        }
        catch (IOException) when (HolderOf(path) is { } other)
        {
            // A monitor that was killed has left it to the next one of the same container.
            return other == holder;
        }
    }

    private static string? HolderOf(string path) => new FileInfo(path).LinkTarget;

    private static string? TryReadText(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
