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

    // Read again when its file is another one: each has a later time than the one before (DefinitionFile).
    private readonly ConcurrentDictionary<string, (ContainerDefinition Definition, (long, uint) Written)> _definitions = [];

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
        Sweep();
        _made = true;
    }

    public IEnumerable<string> Ids()
    {
        if (!Directory.Exists(ContainersDirectory))
            return [];
        string[] names = [.. Directory.EnumerateDirectories(ContainersDirectory).Select(path => Path.GetFileName(path))];
        // What is left of a container whose remover was killed.
        if (names.Any(name => name.StartsWith(".removed-", StringComparison.Ordinal)))
            Sweep();
        return names.Where(IsId);
    }

    /// <summary>What all containers are.</summary>
    public IEnumerable<ContainerDefinition> Definitions() => Ids().Select(TryReadDefinition).OfType<ContainerDefinition>();

    /// <summary>The names that are taken, those included that a killed process has left behind.</summary>
    public IEnumerable<string> Names() =>
        Directory.Exists(NamesDirectory) ? Directory.EnumerateFiles(NamesDirectory).Select(path => Path.GetFileName(path)).Where(ContainerName.IsValid) : [];

    /// <summary>The id of a container by name, id or unique beginning of an id.</summary>
    /// <exception cref="ContainerException">ContainerNotFound; InvalidArgument for an ambiguous beginning.</exception>
    public string Resolve(string nameOrId)
    {
        ArgumentException.ThrowIfNullOrEmpty(nameOrId);
        if (ContainerName.IsValid(nameOrId) && TryReadName(nameOrId) is { Length: > 0 } named && TryReadDefinition(named)?.Name == nameOrId)
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
        var path = GetPaths(id).Definition;
        // The time first: what is read afterwards is at least as young.
        if (!FileStatus.TryRead(path, out var status))
            return Exists(id) ? Unknown($"{path} is missing.") : null;
        var written = (status.ModifiedSeconds, status.ModifiedNanoseconds);
        if (_definitions.TryGetValue(id, out var known) && known.Written == written)
            return known.Definition;
        try
        {
            if (JsonFile.TryRead(path, SupervisorJson.ContainerDefinition) is not { } definition)
                return Exists(id) ? Unknown($"{path} is missing.") : null;
            _definitions[id] = (definition, written);
            return definition;
        }
        catch (ContainerException e) when (e.Reason == ErrorReason.StoreDamaged)
        {
            return Unknown(e.Message);
        }

        ContainerDefinition Unknown(string damage) => new() { Id = id, Name = Names().FirstOrDefault(name => TryReadName(name) == id) ?? id[..12], Damage = damage };
    }

    /// <summary>What a container is, or was, that this store has seen; null for another.</summary>
    public ContainerDefinition? TryRecall(string id) => _definitions.TryGetValue(id, out var known) ? known.Definition : null;

    /// <summary>Saves reading back what was just written.</summary>
    public void Remember(ContainerDefinition definition)
    {
        if (FileStatus.TryRead(GetPaths(definition.Id).Definition, out var status))
            _definitions[definition.Id] = (definition, (status.ModifiedSeconds, status.ModifiedNanoseconds));
    }

    /// <summary>
    /// Where a container stands by its file, as it is in this boot; null when it has been removed. A file that can't be read says that it is down, and why
    /// nothing else is known.
    /// </summary>
    public ContainerState? TryReadState(string id)
    {
        try
        {
            return JsonFile.TryRead(GetPaths(id).State, SupervisorJson.ContainerState)?.InThisBoot() ?? (Exists(id) ? Unknown($"{GetPaths(id).State} is missing.") : null);
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
    public bool TryReserve(string name, string id, string directory) => TryReserve(name, id, directory, ReleaseAbandoned);

    /// <summary>
    /// Gives a container another name. There is one moment at which it changes, when <paramref name="commit"/> has written the definition: a
    /// name's file counts only for a container whose definition has that name. Killed at any other, the one or the other file is left over
    /// and means nothing, until somebody wants the name.
    /// </summary>
    /// <param name="definition">The container as it is, read by who holds the lock on its definition.</param>
    /// <param name="name">Its new name.</param>
    /// <param name="commit">Writes the definition.</param>
    /// <returns>False when another container has the name.</returns>
    public bool TryRename(ContainerDefinition definition, string name, Action commit)
    {
        var id = definition.Id;
        Durable.Step?.Invoke($"link {name}");
        if (!TryReserve(name, id, GetPaths(id).ContainerDirectory, ReleaseUnheld))
            return false;
        StableStorage.Sync(NamesDirectory);
        try
        {
            commit();
        }
        catch
        {
            // Whatever has failed, its definition says which of the two is its own.
            if (TryReadDefinition(id)?.Name != name)
                Release(name, id);
            throw;
        }
        Durable.Step?.Invoke($"unlink {definition.Name}");
        Release(definition.Name, id);
        return true;
    }

    /// <summary>The lock that keeps names from being taken for abandoned while a container changes its own; it comes before that of a container.</summary>
    public FileLock LockNames()
    {
        EnsureDirectories();
        return FileLock.Exclusive(Path.Combine(NamesDirectory, ".lock"));
    }

    /// <summary>The lock of one container's definition; null when it has been removed.</summary>
    public FileLock? TryLockDefinition(string id) => FileLock.TryExclusive(GetPaths(id).DefinitionLock);

    private bool TryReserve(string name, string id, string directory, Action<string> releaseAbandoned)
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
                    releaseAbandoned(name);
                }
            }
        }
        finally
        {
            source.Remove(draft, isDirectory: false);
        }
    }

    /// <summary>Gives a name back if it still belongs to the id.</summary>
    public void Release(string name, string id) => ContainerRemoval.Release(Path.Combine(NamesDirectory, name), id);

    /// <summary>Removes a container's files and its name.</summary>
    /// <returns>False when somebody else has removed it.</returns>
    public bool Remove(ContainerDefinition definition, bool volumes = false)
    {
        var removed = ContainerRemoval.Remove(GetPaths(definition.Id), definition, options.CcrunPath, volumes, Durable.Step);
        // How one ended that removed itself is still asked for.
        if (!definition.AutoRemove)
            _definitions.TryRemove(definition.Id, out _);
        return removed;
    }

    private void Sweep() => ContainerRemoval.Sweep(ContainersDirectory, options.RunRoot, options.CcrunPath);

    private static bool IsId(string name) => name.Length == 64 && !name.AsSpan().ContainsAnyExcept("0123456789abcdef");

    // A loss of power may leave it empty; then it is nobody's.
    private string? TryReadName(string name) => TryReadText(name) is { } text ? IsId(text) ? text : "" : null;

    private string? TryReadText(string name)
    {
        string path = Path.Combine(NamesDirectory, name);
        // Mostly it is an id that is asked for, and no exception is to say so.
        if (!File.Exists(path))
            return null;
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    // By a container of that name, or by one that is between its reservation and the rename of its directory, which is hidden until then.
    private bool IsHeld(string name) =>
        TryReadName(name) is { Length: > 0 } holder && (Has(holder, name) || IsBeingCreated(holder) || Has(holder, name));

    // One that is just being given the name does not have it yet: it holds the lock that ReleaseAbandoned waits for.
    private bool Has(string id, string name) => TryReadDefinition(id)?.Name == name;

    private bool IsBeingCreated(string id)
    {
        Sweep();
        return Directory.EnumerateDirectories(ContainersDirectory, ".create-*")
            .Any(path => JsonFile.TryReadIntact(Path.Combine(path, "container.json"), SupervisorJson.ContainerDefinition)?.Id == id);
    }

    // A creator, remover or renamer was killed and left the name behind. The lock keeps two finders from releasing each other's new one.
    private void ReleaseAbandoned(string name)
    {
        using var namesLock = LockNames();
        ReleaseUnheld(name);
    }

    private void ReleaseUnheld(string name)
    {
        // Whoever has taken it since it was looked at keeps it.
        if (TryReadText(name) is { } holder && !IsHeld(name))
            Release(name, holder);
    }
}
