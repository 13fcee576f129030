using System.Buffers;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Writes the entries of a layer below one directory, and nowhere else, whatever their paths and links say.</summary>
/// <remarks>
/// Each parent is opened with RESOLVE_IN_ROOT and each last component is created without following links, so the tree
/// being built can be hostile at every step, as it could be for a process that was chrooted into it.
/// </remarks>
internal sealed class LayerExtractor(string directory, string source, IdMaps? maps = null, Action<string>? warn = null) : IDisposable
{
    private const int BlockSize = 128 * 1024;
    private const uint OwnersAccess = 0x1C0; // 0700

    private readonly UnixDirectory _root = UnixDirectory.Open(directory);
    private readonly List<LayerEntry> _directories = [];
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
    private readonly Dictionary<string, OwnerChange> _changes = [];
    private readonly HashSet<string> _removed = new(StringComparer.Ordinal);
    private UnixDirectory? _parent;
    private string _parentPath = "";

    /// <summary>The bytes of all regular files so far.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>How many entries were written.</summary>
    public int Count { get; private set; }

    /// <summary>What is left to the root of an ordinary user's namespace.</summary>
    public IReadOnlyCollection<OwnerChange> Changes => _changes.Values;

    /// <summary>Whether an entry belongs to somebody else than root, be they in the namespace or not.</summary>
    public bool HasOtherOwners { get; private set; }

    /// <summary>Whether the tree has all content of the archive: no file was replaced by a later one of its name.</summary>
    public bool IsComplete { get; private set; } = true;

    public void Write(LayerEntry entry, CancellationToken cancellationToken)
    {
        Count++;
        if (Whiteout.IsName(entry.Path[(entry.Path.LastIndexOf('/') + 1)..]))
        {
            Remove(entry.Path);
            return;
        }

        if (maps is not null && entry.Kind is FileKind.CharacterDevice or FileKind.BlockDevice && entry.HardLink is null)
        {
            warn?.Invoke($"The device node '{entry.Path}' is left out: an ordinary user can't make it. Containers get a /dev of their own.");
            return;
        }

        if (entry.Path.Length == 0)
        {
            if (entry.Kind != FileKind.Directory)
                throw Invalid("its root is not a directory");
            _directories.Add(entry);
            return;
        }

        var slash = entry.Path.LastIndexOf('/');
        var name = entry.Path[(slash + 1)..];
        var parent = OpenParent(slash < 0 ? "" : entry.Path[..slash]);
        if (parent.TryStat(name) is { } existing)
        {
            // A later entry replaces an earlier one, as with tar -r; only a directory keeps its content.
            if (existing.Kind == FileKind.Directory && entry.Kind != FileKind.Directory)
                throw Invalid($"'{entry.Path}' is a directory and something else");
            if (existing.Kind != FileKind.Directory)
            {
                parent.Remove(name, isDirectory: false);
                IsComplete &= existing is not { Kind: FileKind.Regular, Size: > 0 };
            }
        }

        Create(parent, name, entry, cancellationToken);
        // What is removed below and made anew here has nothing of what was there.
        if (entry.Kind == FileKind.Directory && _removed.Remove(entry.Path))
            MakeOpaque(parent, name);
        if (entry.HardLink is not null)
            return;
        if (maps is null)
            parent.SetOwner(name, entry.UserId, entry.GroupId);
        else
            LeaveToNamespace(entry);
        // A directory that its owner may not write is closed when everything is in it.
        if (entry.Kind != FileKind.SymbolicLink)
            parent.SetMode(name, maps is not null && entry.Kind == FileKind.Directory ? entry.Mode | OwnersAccess : entry.Mode);
        foreach (var (attribute, value) in entry.ExtendedAttributes.Where(attribute => maps is null || !IsPrivileged(attribute.Key)))
            parent.SetExtendedAttribute(name, attribute, value);
        if (entry.Kind == FileKind.Directory)
            _directories.Add(entry);
        else
            parent.SetModificationTime(name, entry.ModifiedSeconds, entry.ModifiedNanoseconds);
    }

    /// <summary>Gives directories their times, which every entry in them has changed, and the root its metadata.</summary>
    public void Finish()
    {
        for (var i = _directories.Count - 1; i >= 0; i--)
        {
            var entry = _directories[i];
            using var self = _root.TryOpenInRoot(entry.Path);
            if (self is null)
                continue;
            if (entry.Path.Length == 0)
            {
                if (maps is null)
                    self.SetOwner(".", entry.UserId, entry.GroupId);
                else
                    LeaveToNamespace(entry);
                self.SetMode(".", maps is null ? entry.Mode : entry.Mode | OwnersAccess);
            }

            self.SetModificationTime(".", entry.ModifiedSeconds, entry.ModifiedNanoseconds);
        }

        if (maps is not null)
            CloseDirectories();
    }

    public void Dispose()
    {
        _parent?.Dispose();
        _root.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    /// <summary>
    /// An ordinary user owns what they extract, and it is root's in their containers. Other owners are given, and file
    /// capabilities set, by the namespace's root when everything is there; where there is no other id, everything stays root's.
    /// </summary>
    private void LeaveToNamespace(LayerEntry entry)
    {
        _changes.Remove(entry.Path);
        var privileged = entry.ExtendedAttributes.Where(attribute => IsPrivileged(attribute.Key)).ToArray();
        var (user, group) = (entry.UserId, entry.GroupId);
        if (user != 0 || group != 0)
        {
            HasOtherOwners = true;
            if (!maps!.HasOthers)
                user = group = 0;
            else if (!maps.Contains(user, group))
                throw OutOfRange(entry);
        }

        if (user != 0 || group != 0 || privileged.Length > 0)
            _changes[entry.Path] = new OwnerChange(entry.Path, entry.Kind, user, group, entry.Mode, privileged);
    }

    /// <summary>Deepest first, since one that is closed can't be passed; of several entries for one directory the last counts.</summary>
    private void CloseDirectories()
    {
        foreach (var entry in _directories.GroupBy(entry => entry.Path).Select(same => same.Last()).OrderByDescending(entry => entry.Path.Length == 0 ? -1 : entry.Path.Count(c => c == '/')))
        {
            if ((entry.Mode & OwnersAccess) == OwnersAccess)
                continue;
            using var self = _root.TryOpenInRoot(entry.Path);
            self?.SetMode(".", entry.Mode);
        }
    }

    private void Remove(string path)
    {
        var slash = path.LastIndexOf('/');
        var mark = path[(slash + 1)..];
        if (Whiteout.IsForeignMark(mark))
            return;
        var directory = slash < 0 ? "" : path[..slash];
        var parent = OpenParent(directory);
        if (mark == Whiteout.Opaque)
        {
            MakeOpaque(parent, ".");
            return;
        }

        var name = mark[Whiteout.Prefix.Length..];
        if (name is "" or "." or "..")
            throw Invalid($"'{path}' removes nothing that has a name");
        // It is about the layers below: what this layer itself has of that name stays, wherever it stands in the archive.
        switch (parent.TryStat(name)?.Kind)
        {
            case null:
                CreateNode(parent, name, new LayerEntry { Path = path, Kind = FileKind.CharacterDevice });
                _removed.Add(directory.Length == 0 ? name : directory + "/" + name);
                break;
            case FileKind.Directory:
                MakeOpaque(parent, name);
                break;
        }
    }

    private void MakeOpaque(UnixDirectory parent, string name) =>
        parent.SetExtendedAttribute(name, maps is null ? Whiteout.OpaqueAttribute : Whiteout.OpaqueUserAttribute, "y"u8);

    private static bool IsPrivileged(string attribute) => attribute.StartsWith("security.", StringComparison.Ordinal);

    private ContainerException OutOfRange(LayerEntry entry) => new(
        ErrorReason.InvalidImage, $"Cannot import '{source}': '{entry.Path}' belongs to {entry.UserId}:{entry.GroupId}, and this user's containers have the ids {maps!.Describe()}.", source)
    {
        Remedy = "Have an administrator give this user larger ranges in /etc/subuid and /etc/subgid, or make the archive with other owners.",
    };

    private void Create(UnixDirectory parent, string name, LayerEntry entry, CancellationToken cancellationToken)
    {
        if (entry.HardLink is { } link)
        {
            var slash = link.LastIndexOf('/');
            using var directory = _root.TryOpenInRoot(slash < 0 ? "" : link[..slash]);
            if (directory?.TryStat(link[(slash + 1)..]) is not { Kind: not FileKind.Directory })
                throw Invalid($"'{entry.Path}' is a hard link to '{link}', which is not in the image");
            parent.CreateHardLink(name, directory, link[(slash + 1)..]);
            return;
        }

        switch (entry.Kind)
        {
            case FileKind.Directory when parent.TryStat(name) is null:
                parent.CreateDirectory(name);
                break;
            case FileKind.Directory:
                break;
            case FileKind.SymbolicLink:
                parent.CreateSymbolicLink(name, entry.SymbolicLink!);
                break;
            case FileKind.Regular:
                WriteFile(parent, name, entry.Content, cancellationToken);
                break;
            default:
                CreateNode(parent, name, entry);
                break;
        }
    }

    private void CreateNode(UnixDirectory parent, string name, LayerEntry entry)
    {
        try
        {
            parent.CreateNode(name, entry.Kind, entry.DeviceMajor, entry.DeviceMinor);
        }
        catch (ErrnoException e) when (e.Errno == Errno.EPERM)
        {
            throw new ContainerException(ErrorReason.PermissionDenied, $"Cannot import '{source}': the device node '{entry.Path}' needs CAP_MKNOD.", source, e)
            {
                Remedy = "Import as root, or make the archive without its /dev; containers get a /dev of their own.",
            };
        }
    }

    private void WriteFile(UnixDirectory parent, string name, Stream? content, CancellationToken cancellationToken)
    {
        using var file = parent.CreateFile(name);
        long offset = 0;
        while (content is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var block = _buffer.AsSpan(0, content.ReadAtLeast(_buffer.AsSpan(0, BlockSize), BlockSize, throwOnEndOfStream: false));
            if (block.IsEmpty)
                break;
            // Blocks of zeros stay holes: /var/log/lastlog of a distribution can claim hundreds of gigabytes.
            if (block.ContainsAnyExcept((byte)0))
                RandomAccess.Write(file, block, offset);
            offset += block.Length;
        }

        if (offset > 0)
            RandomAccess.SetLength(file, offset);
        SizeBytes += offset;
    }

    private UnixDirectory OpenParent(string path)
    {
        if (_parent is not null && _parentPath == path)
            return _parent;
        UnixDirectory? opened;
        try
        {
            opened = _root.TryOpenInRoot(path) ?? MakeDirectories(path);
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOTDIR or Errno.ELOOP)
        {
            throw Invalid($"'{path}' is not a directory, yet has entries in it", e);
        }

        _parent?.Dispose();
        (_parent, _parentPath) = (opened, path);
        return opened;
    }

    // An archive may leave out the directories above its entries.
    private UnixDirectory MakeDirectories(string path)
    {
        var current = _root.TryOpenInRoot("")!;
        var end = -1;
        do
        {
            var start = end + 1;
            end = path.IndexOf('/', start);
            var prefix = end < 0 ? path : path[..end];
            var next = _root.TryOpenInRoot(prefix);
            if (next is null)
            {
                var name = prefix[start..];
                if (current.TryStat(name) is not null)
                {
                    current.Dispose();
                    throw Invalid($"'{prefix}' is a dangling symbolic link, yet has entries below it");
                }

                current.CreateDirectory(name);
                current.SetMode(name, 0x1ED);
                next = _root.TryOpenInRoot(prefix)!;
            }

            current.Dispose();
            current = next;
        }
        while (end >= 0);

        return current;
    }

    private ContainerException Invalid(string problem, Exception? inner = null) =>
        new(ErrorReason.InvalidImage, $"Cannot import '{source}': {problem}.", source, inner) { Remedy = "Check it with 'tar -tvf'." };
}
