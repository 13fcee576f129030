using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

public sealed partial class ContainerEngine
{
    /// <summary>Makes a volume; one that exists with the same options is returned as it is, as with Docker.</summary>
    /// <param name="options">What it shall be.</param>
    /// <exception cref="ContainerException">InvalidName, InvalidArgument, NotSupported, NameInUse: it exists with other options; DiskFull, PermissionDenied.</exception>
    public ContainerVolume CreateVolume(VolumeCreateOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var name = options.Name ?? "(a generated name)";
        return Guard($"create volume '{name}'", name, () =>
        {
            _store.EnsureDirectories();
            var volume = _volumes.GetOrCreate(options, isAnonymous: options.Name is null, out var made);
            if (!made && !(volume.Options.Count == options.Options.Count && volume.Options.All(pair => options.Options.GetValueOrDefault(pair.Key) == pair.Value)))
                EngineErrors.Throw(ErrorReason.NameInUse, $"There is a volume '{name}' already, with other options.", name, $"Choose another name, or remove that one first: Remove-ContainerVolume {name}");
            return GetVolume(volume.Name);
        });
    }

    /// <summary>All volumes, in the order of their names.</summary>
    public IReadOnlyList<ContainerVolume> ListVolumes() => Guard("list volumes", "", () =>
    {
        var users = _volumes.Users();
        return _volumes.Names().Order(StringComparer.Ordinal).Select(name => TryDescribeVolume(name, users)).OfType<ContainerVolume>().ToList();
    });

    /// <summary>The names of volumes that begin with a prefix, in order; for completion.</summary>
    /// <param name="prefix">The beginning of a name; empty for all.</param>
    public IReadOnlyList<string> ListVolumeNames(string prefix) =>
        [.. _volumes.Names().Where(name => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)).Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Finds a volume.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ContainerException">VolumeNotFound.</exception>
    public ContainerVolume GetVolume(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return TryDescribeVolume(name, _volumes.Users()) ?? throw VolumeNotFound(name);
    }

    /// <summary>Removes a volume with its files.</summary>
    /// <param name="name">Its name.</param>
    /// <exception cref="ContainerException">VolumeNotFound; VolumeInUse, with the containers' names.</exception>
    public void RemoveVolume(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!ContainerName.IsValid(name) || !Guard($"remove volume '{name}'", name, () => _volumes.Remove(name)))
            throw VolumeNotFound(name);
    }

    private static ContainerException VolumeNotFound(string name) =>
        new(ErrorReason.VolumeNotFound, $"No volume '{name}'.", name) { Remedy = "See Get-ContainerVolume for those there are." };

    private ContainerVolume? TryDescribeVolume(string name, ILookup<string, string> users) => _volumes.TryRead(name) is not ({ } volume, var damage) ? null : new ContainerVolume
    {
        Name = name,
        Mountpoint = _volumes.Files(name).Data,
        CreatedAt = volume.CreatedAt,
        Labels = volume.Labels,
        Options = volume.Options,
        IsAnonymous = volume.IsAnonymous,
        Containers = users[name].ToArray(),
        Warning = damage,
    };
}
