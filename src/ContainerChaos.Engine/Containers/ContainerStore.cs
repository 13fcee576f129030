using System.Collections.Concurrent;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>The containers on disk: where their files are, which name belongs to which, and what the files say.</summary>
/// <remarks>
/// A container exists from the rename of its finished directory on, until the rename that takes it away. Its name is
/// reserved just before, by a file that only one creator can make.
/// </remarks>
internal sealed class ContainerStore(EngineOptions options)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // A definition never changes, so it is read once.
    private readonly ConcurrentDictionary<string, ContainerDefinition> _definitions = [];

    private bool _made;

    public string ContainersDirectory { get; } = Path.Combine(options.DataRoot, "containers");

    public string NamesDirectory { get; } = Path.Combine(options.DataRoot, "names");

    public string JournalDirectory { get; } = Path.Combine(options.DataRoot, "events");

    /// <summary>Where <see cref="ContainerPaths.Journal"/> leads as well.</summary>
    public string JournalPath { get; } = Path.Combine(options.DataRoot, "events", "events.jsonl");

    public ContainerPaths GetPaths(string id) => new(Path.Combine(ContainersDirectory, id), Path.Combine(options.RunRoot, id));

    public void EnsureDirectories()
    {
        if (_made && Directory.Exists(NamesDirectory) && Directory.Exists(JournalDirectory))
            return;
        Directory.CreateDirectory(options.DataRoot, Private);
        Directory.CreateDirectory(options.RunRoot, Private);
        Directory.CreateDirectory(ContainersDirectory, Private);
        Directory.CreateDirectory(NamesDirectory, Private);
        Directory.CreateDirectory(JournalDirectory, Private);
        OwnedDirectory.Sweep(ContainersDirectory, options.CcrunPath);
        _made = true;
    }

    public IEnumerable<string> Ids() =>
        Directory.Exists(ContainersDirectory)
            ? Directory.EnumerateDirectories(ContainersDirectory).Select(path => Path.GetFileName(path)).Where(IsId)
            : [];

    /// <summary>What all containers are.</summary>
    public IEnumerable<ContainerDefinition> Definitions() => Ids().Select(TryReadDefinition).OfType<ContainerDefinition>();

    public IEnumerable<string> Names() =>
        Directory.Exists(NamesDirectory) ? Directory.EnumerateFiles(NamesDirectory).Select(path => Path.GetFileName(path)).Where(ContainerName.IsValid) : [];

    /// <summary>The id of a container by name, id or unique beginning of an id.</summary>
    /// <exception cref="ContainerException">ContainerNotFound; InvalidArgument for an ambiguous beginning.</exception>
    public string Resolve(string nameOrId)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrId);
        if (ContainerName.IsValid(nameOrId) && TryReadName(nameOrId) is { Length: > 0 } named && Exists(named))
            return named;
        if (IsId(nameOrId) && Exists(nameOrId))
            return nameOrId;
        if (nameOrId.Length < 64 && !nameOrId.AsSpan().ContainsAnyExcept("0123456789abcdef"))
        {
            var matches = Ids().Where(id => id.StartsWith(nameOrId, StringComparison.Ordinal)).Take(2).ToArray();
            if (matches.Length == 1)
                return matches[0];
            if (matches.Length == 2)
                EngineErrors.Throw(ErrorReason.InvalidArgument, $"'{nameOrId}' is the beginning of more than one container's id.", nameOrId, "Give more digits, or the name.");
        }

        throw NotFound(nameOrId);
    }

    public static ContainerException NotFound(string nameOrId) =>
        new(ErrorReason.ContainerNotFound, $"No container '{nameOrId}'.", nameOrId) { Remedy = "See Get-Container for those there are." };

    public bool Exists(string id) => Directory.Exists(Path.Combine(ContainersDirectory, id));

    /// <summary>What a container is; null when it has been removed. One whose definition can't be read is stood for by its id and its name, and says why.</summary>
    public ContainerDefinition? TryReadDefinition(string id)
    {
        if (_definitions.TryGetValue(id, out var known))
            return known;
        try
        {
            if (JsonFile.TryRead(GetPaths(id).Definition, SupervisorJson.Default.ContainerDefinition) is { } definition)
                return _definitions.GetOrAdd(id, definition);
            return Exists(id) ? Unknown($"{GetPaths(id).Definition} is missing.") : null;
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.StoreDamaged)
        {
            return Unknown(e.Message);
        }

        ContainerDefinition Unknown(string damage) => new() { Id = id, Name = Names().FirstOrDefault(name => TryReadName(name) == id) ?? id[..12], Damage = damage };
    }

    /// <summary>Saves reading back what was just written.</summary>
    public void Remember(ContainerDefinition definition) => _definitions[definition.Id] = definition;

    /// <summary>Where a container stands by its file; null when it has been removed. A file that can't be read says that it is down, and why nothing else is known.</summary>
    public ContainerState? TryReadState(string id)
    {
        try
        {
            return JsonFile.TryRead(GetPaths(id).State, SupervisorJson.Default.ContainerState) ?? (Exists(id) ? Unknown($"{GetPaths(id).State} is missing.") : null);
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.StoreDamaged)
        {
            return Unknown(e.Message);
        }

        static ContainerState Unknown(string damage) => new() { Status = ContainerStatus.Exited, Error = damage };
    }

    /// <summary>Reserves a name for an id; false when a container has it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="id">The id.</param>
    /// <param name="directory">The hidden directory that the container is being made in.</param>
    public bool TryReserve(string name, string id, string directory)
    {
        // Written aside and linked: link(2) excludes others as O_EXCL does, and nobody ever sees the file empty.
        const string draft = ".name";
        File.WriteAllText(Path.Combine(directory, draft), id);
        using var source = UnixDirectory.Open(directory);
        using var names = UnixDirectory.Open(NamesDirectory);
        try
        {
            while (true)
            {
                try
                {
                    Durable.Step?.Invoke($"link {name}");
                    names.CreateHardLink(name, source, draft);
                    return true;
                }
                catch (ErrnoException e) when (e.Errno == Errno.EEXIST)
                {
                    if (IsHeld(name))
                        return false;
                    ReleaseAbandoned(name);
                }
            }
        }
        finally
        {
            source.Remove(draft, isDirectory: false);
        }
    }

    /// <summary>Gives a name back if it still belongs to the id.</summary>
    public void Release(string name, string id)
    {
        if (TryReadName(name) == id)
            File.Delete(Path.Combine(NamesDirectory, name));
    }

    /// <summary>Takes a container away at once, and deletes its files then.</summary>
    /// <returns>False when somebody else has removed it.</returns>
    public bool Remove(ContainerDefinition definition)
    {
        var paths = GetPaths(definition.Id);
        var grave = OwnedDirectory.NewPath(ContainersDirectory, "removed");
        try
        {
            Durable.Step?.Invoke($"rename to {grave}");
            Directory.Move(paths.ContainerDirectory, grave);
            Durable.Step?.Invoke("release the name");
        }
        catch (DirectoryNotFoundException)
        {
            return false;
        }

        _definitions.TryRemove(definition.Id, out _);
        Release(definition.Name, definition.Id);
        OwnedDirectory.Delete(paths.RunDirectory, options.CcrunPath);
        OwnedDirectory.Delete(grave, options.CcrunPath);
        return true;
    }

    private static bool IsId(string name) => name.Length == 64 && !name.AsSpan().ContainsAnyExcept("0123456789abcdef");

    private string? TryReadName(string name)
    {
        try
        {
            // A loss of power may leave it empty; then it is nobody's.
            return File.ReadAllText(Path.Combine(NamesDirectory, name)) is var id && IsId(id) ? id : "";
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    // By a container, or by one that is between its reservation and the rename of its directory, which is hidden until then.
    private bool IsHeld(string name) =>
        TryReadName(name) is { Length: > 0 } holder && (Exists(holder) || IsBeingCreated(holder) || Exists(holder));

    private bool IsBeingCreated(string id)
    {
        OwnedDirectory.Sweep(ContainersDirectory, options.CcrunPath);
        return Directory.EnumerateDirectories(ContainersDirectory, ".create-*")
            .Any(path => JsonFile.TryReadIntact(Path.Combine(path, "container.json"), SupervisorJson.Default.ContainerDefinition)?.Id == id);
    }

    // A creator or remover was killed and left the name behind. The lock keeps two finders from releasing each other's new one.
    private void ReleaseAbandoned(string name)
    {
        using var namesLock = FileLock.Exclusive(Path.Combine(NamesDirectory, ".lock"));
        if (!IsHeld(name))
            File.Delete(Path.Combine(NamesDirectory, name));
    }
}
