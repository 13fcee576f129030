using System.Security.Cryptography;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>The volumes on disk, <c>volumes/NAME</c> with <c>volume.json</c> and <c>_data</c>.</summary>
/// <remarks>
/// A volume exists from the rename of its finished directory on, which fails over one that is there, until the rename that takes it away.
/// Who has it is read from the containers' definitions. Whoever makes a container holds the volume's definition locked until the container can be
/// seen; only a removal waits for that.
/// </remarks>
internal sealed class VolumeStore(EngineOptions options, ContainerStore containers)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _directory = Path.Combine(options.DataRoot, "volumes");

    public VolumeFiles Files(string name) => new(Path.Combine(_directory, name));

    public IEnumerable<string> Names() =>
        Directory.Exists(_directory) ? Directory.EnumerateDirectories(_directory).Select(path => Path.GetFileName(path)).Where(ContainerName.IsValid) : [];

    /// <summary>What a volume is; null when there is none. A definition that can't be read leaves the data, without labels.</summary>
    public (VolumeDefinition Definition, string? Damage)? TryRead(string name)
    {
        var files = Files(name);
        if (!ContainerName.IsValid(name) || !Directory.Exists(files.Path))
            return null;
        try
        {
            if (JsonFile.TryRead(files.Definition, SupervisorJson.VolumeDefinition) is { } definition)
                return (definition, null);
            return Directory.Exists(files.Path) ? (Unknown(), $"{files.Definition} is missing.") : null;
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.StoreDamaged)
        {
            return (Unknown(), e.Message);
        }

        VolumeDefinition Unknown() => new() { Name = name, CreatedAt = Directory.GetLastWriteTimeUtc(files.Path) };
    }

    /// <summary>Makes a volume; one that has the name already is returned as it is.</summary>
    /// <param name="wanted">What it shall be.</param>
    /// <param name="isAnonymous">Whether nobody named it.</param>
    /// <param name="made">Whether it was made.</param>
    public VolumeDefinition GetOrCreate(VolumeCreateOptions wanted, bool isAnonymous, out bool made)
    {
        made = false;
        var name = wanted.Name ?? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        if (!ContainerName.IsValid(name))
            EngineErrors.Throw(ErrorReason.InvalidName, $"'{name}' is not a volume's name.", name, "Use letters, digits, '_', '.' or '-', at least two of them, beginning with a letter or a digit.");
        if (TryRead(name) is { } there)
            return there.Definition;
        CheckOptions(wanted.Options, name);
        Directory.CreateDirectory(_directory, Private);
        OwnedDirectory.Sweep(_directory, options.CcrunPath);
        var draft = OwnedDirectory.NewPath(_directory, "create");
        try
        {
            var definition = new VolumeDefinition { Name = name, CreatedAt = DateTimeOffset.UtcNow, Labels = wanted.Labels, Options = wanted.Options, IsAnonymous = isAnonymous };
            Durable.Step?.Invoke($"make {draft}");
            Directory.CreateDirectory(draft, Private);
            Directory.CreateDirectory(new VolumeFiles(draft).Data);
            Durable.WriteNew(new VolumeFiles(draft).Definition, SupervisorJson.VolumeDefinition.ToBytes(definition), sync: !isAnonymous);
            // An anonymous one is its container's, which is not waited for either.
            if (!Durable.TryMoveNew(draft, Files(name).Path, sync: !isAnonymous))
            {
                OwnedDirectory.Delete(draft, options.CcrunPath);
                return TryRead(name)?.Definition ?? GetOrCreate(wanted, isAnonymous, out made);
            }

            made = true;
            ObjectEvents.Record(options, EventTypes.Volume, EventTypes.Create, name, name, ("driver", "local"));
            return definition;
        }
        catch
        {
            OwnedDirectory.Delete(draft, options.CcrunPath);
            throw;
        }
    }

    /// <summary>Keeps a volume from being removed until the lock is disposed; null when it has just been.</summary>
    public FileLock? TryPin(string name)
    {
        var definition = Files(name).Definition;
        return FileLock.TryShared(definition) ?? (Directory.Exists(Files(name).Path) ? FileLock.Shared(definition) : null);
    }

    /// <summary>The names of the containers that have a volume, by volume.</summary>
    public ILookup<string, string> Users() =>
        containers.Definitions().SelectMany(definition => definition.Mounts.Where(mount => mount.Name is not null).Select(mount => (Volume: mount.Name!, definition.Name)))
            .Distinct().OrderBy(pair => pair.Name, StringComparer.Ordinal).ToLookup(pair => pair.Volume, pair => pair.Name);

    /// <summary>Removes a volume that no container has.</summary>
    /// <returns>False when there is none (any more).</returns>
    /// <exception cref="ContainerException">VolumeInUse.</exception>
    public bool Remove(string name) => VolumeRemoval.TryRemove(Files(name), options.CcrunPath, () => ThrowIfUsed(name), sync: true, Durable.Step);

    private bool ThrowIfUsed(string name)
    {
        if (Users()[name].ToList() is { Count: > 0 } users)
        {
            EngineErrors.Throw(
                ErrorReason.VolumeInUse, $"Cannot remove volume '{name}': used by container{(users.Count > 1 ? "s" : "")} {string.Join(", ", users.Select(user => $"'{user}'"))}.", name,
                "Remove the containers first, or give them another volume.");
        }
        return false;
    }

    /// <summary>What the volume's options make the source of a mount.</summary>
    public string Source(VolumeDefinition volume) => volume.Options.GetValueOrDefault("device") is { Length: > 0 } device ? device : Files(volume.Name).Data;

    // docs.docker.com, "docker volume create", driver-specific options. A tmpfs or a block device would have to be mounted on the host, for all containers at once.
    private static void CheckOptions(IReadOnlyDictionary<string, string> given, string name)
    {
        if (given.Keys.FirstOrDefault(key => key is not ("type" or "o" or "device")) is { } unknown)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"Volume '{name}': the driver local has no option '{unknown}'.", name, "Its options are type, o and device.");
        if (given.Count == 0)
            return;
        var isBind = given.GetValueOrDefault("o", "").Split(',').Any(option => option is "bind" or "rbind");
        if (!isBind || given.GetValueOrDefault("type", "none") is not ("none" or "bind" or ""))
        {
            EngineErrors.Throw(
                ErrorReason.NotSupported, $"Volume '{name}': of the driver's options only o=bind with a device is supported, not type={given.GetValueOrDefault("type", "none")}.", name,
                "For a file system in memory use New-Container -Tmpfs; mount another one on the host, and give its directory as the device.");
        }

        var device = given.GetValueOrDefault("device", "");
        if (!device.StartsWith('/') || !Directory.Exists(device))
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"Volume '{name}': its device '{device}' is not a directory of this host.", name, "Give an absolute path of one that exists.");
    }
}
