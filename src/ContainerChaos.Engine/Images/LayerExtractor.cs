using System.Buffers;
using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Writes the entries of a layer below one directory, and nowhere else, whatever their paths and links say.</summary>
/// <remarks>
/// Each parent is opened with RESOLVE_IN_ROOT and each last component is created without following links, so the tree
/// being built can be hostile at every step, as it could be for a process that was chrooted into it.
/// </remarks>
internal sealed class LayerExtractor(string directory, string source) : IDisposable
{
    private const int BlockSize = 128 * 1024;

    private readonly UnixDirectory _root = UnixDirectory.Open(directory);
    private readonly List<LayerEntry> _directories = [];
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
    private readonly bool _isRoot = OwnIdentity.User == 0;
    private UnixDirectory? _parent;
    private string _parentPath = "";

    /// <summary>The bytes of all regular files so far.</summary>
    public long SizeBytes { get; private set; }

    /// <summary>How many entries were written.</summary>
    public int Count { get; private set; }

    public void Write(LayerEntry entry, CancellationToken cancellationToken)
    {
        Count++;
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
                parent.Remove(name, isDirectory: false);
        }

        Create(parent, name, entry, cancellationToken);
        if (entry.HardLink is not null)
            return;
        // An ordinary user owns what they extract, and it is root's in their containers, where there is nobody else.
        if (_isRoot)
            parent.SetOwner(name, entry.UserId, entry.GroupId);
        if (entry.Kind != FileKind.SymbolicLink)
            parent.SetMode(name, entry.Mode);
        foreach (var (attribute, value) in entry.ExtendedAttributes)
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
                if (_isRoot)
                    self.SetOwner(".", entry.UserId, entry.GroupId);
                self.SetMode(".", entry.Mode);
            }

            self.SetModificationTime(".", entry.ModifiedSeconds, entry.ModifiedNanoseconds);
        }
    }

    public void Dispose()
    {
        _parent?.Dispose();
        _root.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

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
