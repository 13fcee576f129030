using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The containers of one runtime root (<c>--root</c>), a directory each.</summary>
internal sealed class ContainerStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _root;
    private readonly bool _isGiven;

    internal ContainerStore(string? root)
    {
        _root = Path.GetFullPath(root ?? DefaultRoot);
        _isGiven = root is not null;
    }

    /// <summary>
    /// <c>/run/ccrun</c>; an ordinary user's is in the XDG runtime directory, and so is that of a user namespace's root who came
    /// by one, as rootless podman does.
    /// </summary>
    internal static string DefaultRoot =>
        OwnIdentity.User == 0 && UserNamespace.IsInitial || Environment.GetEnvironmentVariable("XDG_RUNTIME_DIR") is not { Length: > 0 } directory
            ? "/run/ccrun"
            : Path.Combine(directory, "ccrun");

    /// <summary>Takes an id. A directory whose creator died before there was a container is free again.</summary>
    /// <returns>The container and its lock, which is held until it is disposed.</returns>
    /// <exception cref="ContainerException">It is malformed (<see cref="ErrorReason.InvalidName"/>) or taken (<see cref="ErrorReason.NameInUse"/>).</exception>
    internal (StoredContainer Container, FileDescriptor Lock) Reserve(string id)
    {
        Check(id);
        var directory = Path.Combine(_root, id);
        MakeDirectory(directory);
        while (true)
        {
            Directory.CreateDirectory(directory, OwnerOnly);
            var container = new StoredContainer(directory);
            var held = FileDescriptor.TryOpen(container.LockPath, OpenFlags.O_RDWR | OpenFlags.O_CREAT, 0x180 /* 0600 */, out var errno);
            if (held is null && errno == Errno.ENOENT)
                continue;
            if (held is null)
                throw new ErrnoException(errno, "open", container.LockPath);
            if (!held.TryLock() || container.TryLoad())
            {
                held.Dispose();
                throw new ContainerException(ErrorReason.NameInUse, $"container with id exists: '{id}'.", id) { Remedy = "Use another id, or delete that container." };
            }
            if (held.IsSameFileAs(container.LockPath))
                return (container, held);
            held.Dispose();
        }
    }

    /// <summary>Finds a container.</summary>
    /// <exception cref="ContainerException"><see cref="ErrorReason.ContainerNotFound"/>: container does not exist.</exception>
    internal StoredContainer Open(string id) => TryOpen(id) ?? throw new ContainerException(ErrorReason.ContainerNotFound, $"{id}: container does not exist.", id)
    {
        Remedy = $"'ccrun list' shows those below {_root}; --root names another place.",
    };

    /// <summary>Finds a container; null when there is none. One that is just being created has no record yet.</summary>
    internal StoredContainer? TryOpen(string id)
    {
        Check(id);
        var container = new StoredContainer(Path.Combine(_root, id));
        return container.TryLoad() ? container : null;
    }

    /// <summary>What an interrupted create or delete left: a directory without a record, that nobody holds.</summary>
    internal void RemoveLeftover(string id)
    {
        Check(id);
        if (!Directory.Exists(Path.Combine(_root, id)))
            return;
        var (container, held) = Reserve(id);
        using (held)
            container.Remove();
    }

    /// <summary>Every container, by id.</summary>
    /// <exception cref="ContainerException">A directory that was named does not exist (<see cref="ErrorReason.InvalidArgument"/>): perhaps it was misspelt.</exception>
    internal IEnumerable<StoredContainer> All()
    {
        try
        {
            if (_isGiven && !Directory.Exists(_root))
                throw new ContainerException(ErrorReason.InvalidArgument, $"--root: {_root}: no such file or directory (ENOENT).", _root) { Errno = Errno.ENOENT };
            return !Directory.Exists(_root)
                ? []
                : Directory.GetDirectories(_root).Order(StringComparer.Ordinal).Select(directory => new StoredContainer(directory)).Where(container => container.TryLoad());
        }
        catch (UnauthorizedAccessException e)
        {
            throw Denied(e);
        }
    }

    /// <summary>Those whose id a regular expression matches.</summary>
    internal StoredContainer[] Matching(string expression)
    {
        using var pattern = new PosixPattern(expression);
        return [.. All().Where(container => pattern.IsMatch(container.Id))];
    }

    private void MakeDirectory(string directory)
    {
        try
        {
            Directory.CreateDirectory(_root, OwnerOnly);
            Directory.CreateDirectory(directory, OwnerOnly);
        }
        catch (UnauthorizedAccessException e)
        {
            throw Denied(e);
        }
    }

    private ContainerException Denied(UnauthorizedAccessException cause) =>
        new(ErrorReason.PermissionDenied, $"the state of containers in {_root} can't be used: permission denied (EACCES).", _root, cause)
        {
            Errno = Errno.EACCES,
            Remedy = "An ordinary user's state is below XDG_RUNTIME_DIR, which has to be set, or where --root says.",
        };

    private static void Check(string id)
    {
        if (id.Length is 0 or > 255 || id[0] == '.' || !id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '+' or '-' or '.'))
        {
            throw new ContainerException(ErrorReason.InvalidName, $"'{id}' is not a container ID: invalid character or length (invalid id format).", id)
            {
                Remedy = "Use up to 255 letters, digits, '_', '+', '-' and '.', with no '.' in front.",
            };
        }
    }
}
