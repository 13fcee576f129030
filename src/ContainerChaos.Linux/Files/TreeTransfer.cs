using Microsoft.Win32.SafeHandles;

namespace ContainerChaos.Linux;

/// <summary>
/// Carries files into a tree that may have some of them already, from one that may be hostile or into one: both are held by
/// descriptor, no symbolic link is followed, nothing but a regular file is opened, whoever renames and links meanwhile.
/// </summary>
/// <remarks>
/// What is there is replaced as tar(1) does it: a file is removed and made anew, a directory is filled. Modes, times, symbolic
/// links and hard links are kept. FIFOs are made; device nodes and sockets are left out: a node would be a device.
/// </remarks>
/// <param name="options">Owners and attributes.</param>
/// <param name="cancellationToken">Ends it; what is there by then stays.</param>
public sealed class TreeTransfer(TransferOptions options, CancellationToken cancellationToken)
{
    private const uint SetIdBits = 0xC00; // 06000
    private const int ChunkSize = 1 << 20;

    // linux/magic.h: proc, sysfs, cgroup, cgroup2, devpts, mqueue, securityfs, debugfs, tracefs, bpf: what the kernel says, no files.
    private static readonly long[] s_views =
        [0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x1cd1, 0x19800202, 0x73636673, 0x64626720, 0x74726163, 0xcafe4a11];

    private readonly Dictionary<(ulong Device, ulong Inode), (UnixDirectory Directory, string Name)> _linked = [];
    private readonly Dictionary<(ulong Device, ulong Inode), UnixDirectory> _held = [];
    private (ulong Device, ulong Inode) _target;
    private byte[]? _buffer;

    /// <summary>How many regular files were written.</summary>
    public long Files { get; private set; }

    /// <summary>How many bytes they have.</summary>
    public long Bytes { get; private set; }

    /// <summary>Copies one entry with all that is in it.</summary>
    /// <param name="from">Where it is.</param>
    /// <param name="name">Its name, or <c>.</c> for the directory itself.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="newName">The name that it gets.</param>
    /// <param name="path">What messages call it.</param>
    /// <exception cref="ErrnoException">
    /// ENOTDIR: a directory would replace a file. EISDIR: a file would replace a directory. ELOOP: a directory would be copied into itself.
    /// ENOENT: there is no such entry. ENOSPC and other errors of the file systems.
    /// </exception>
    public void Copy(UnixDirectory from, string name, UnixDirectory to, string newName, string path)
    {
        _target = Identity(to.Status);
        try
        {
            CopyEntry(from, name, to, newName, path, isTop: true);
        }
        finally
        {
            Release();
        }
    }

    /// <summary>Copies what is in a directory into another one.</summary>
    /// <param name="from">The directory.</param>
    /// <param name="to">Where its content goes.</param>
    /// <param name="path">What messages call it.</param>
    /// <exception cref="ErrnoException">As <see cref="Copy"/>.</exception>
    public void CopyContent(UnixDirectory from, UnixDirectory to, string path)
    {
        _target = Identity(to.Status);
        if (Identity(from.Status) == _target)
            throw new ErrnoException(Errno.ELOOP, "copy", path);
        try
        {
            CopyEntries(from, to, path);
        }
        finally
        {
            Release();
        }
    }

    private void Release()
    {
        foreach (var directory in _held.Values)
            directory.Dispose();
        _held.Clear();
        _linked.Clear();
    }

    private void CopyEntries(UnixDirectory from, UnixDirectory to, string path)
    {
        foreach (var name in from.Names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            CopyEntry(from, name, to, name, $"{path.TrimEnd('/')}/{name}", isTop: false);
        }
    }

    private void CopyEntry(UnixDirectory from, string name, UnixDirectory to, string newName, string path, bool isTop)
    {
        if (from.TryStat(name) is not { } status)
        {
            if (isTop)
                throw new ErrnoException(Errno.ENOENT, "openat", path);
            options.Warn?.Invoke($"'{path}' was left out: it vanished, or its name is not UTF-8.");
            return;
        }

        switch (status.Kind)
        {
            case FileKind.Directory:
                CopyDirectory(from, name, to, newName, status, path, isTop);
                break;
            case FileKind.Regular:
                CopyFile(from, name, to, newName, path);
                break;
            case FileKind.SymbolicLink:
                var target = from.ReadSymbolicLink(name);
                TryRemove(to, newName, path);
                to.CreateSymbolicLink(newName, target);
                SetAttributes(from, name, to, newName, status);
                break;
            case FileKind.Fifo:
                TryRemove(to, newName, path);
                to.CreateNode(newName, FileKind.Fifo, 0, 0);
                SetAttributes(from, name, to, newName, status);
                break;
            default:
                options.Warn?.Invoke($"'{path}' was left out: it is a {(status.Kind == FileKind.Socket ? "socket" : "device node")}.");
                break;
        }
    }

    private void CopyDirectory(UnixDirectory from, string name, UnixDirectory to, string newName, FileStatus status, string path, bool isTop)
    {
        using var source = from.TryOpenDirectory(name) ?? throw new ErrnoException(Errno.ENOTDIR, "openat", path);
        if (Identity(source.Status) == _target)
            throw new ErrnoException(Errno.ELOOP, "copy", path);
        if (!isTop && status.IsMountRoot && s_views.Contains(source.FileSystem))
            return;
        var isNew = to.TryStat(newName) is null;
        if (isNew)
            to.CreateDirectory(newName);
        using var target = to.TryOpenDirectory(newName) ?? throw new ErrnoException(Errno.ENOTDIR, "mkdirat", path);
        CopyEntries(source, target, path);
        // One that was there keeps what it is.
        if (isNew)
            SetAttributes(from, name, to, newName, status);
    }

    private void CopyFile(UnixDirectory from, string name, UnixDirectory to, string newName, string path)
    {
        using var pinned = from.TryPin(name);
        // Of the very file that is read, not of one that had the name before.
        if (pinned?.Status is not { Kind: FileKind.Regular } status)
        {
            options.Warn?.Invoke($"'{path}' was left out: it has just become something else.");
            return;
        }

        if (status.Links > 1 && _linked.TryGetValue(Identity(status), out var first))
        {
            TryRemove(to, newName, path);
            to.CreateHardLink(newName, first.Directory, first.Name);
            return;
        }

        using (var content = pinned.OpenForReading())
        using (var copy = TryRemove(to, newName, path) ? to.CreateFile(newName) : Rewrite(to, newName, path))
            CopyBytes(content, copy);
        Files++;
        SetAttributes(from, name, to, newName, status);
        if (status.Links > 1)
            _linked[Identity(status)] = (Hold(to), newName);
    }

    /// <summary>A directory of its own for what may be linked to later; one for all files in it.</summary>
    private UnixDirectory Hold(UnixDirectory directory)
    {
        var identity = Identity(directory.Status);
        if (!_held.TryGetValue(identity, out var held))
            _held[identity] = held = directory.TryOpenInRoot("") ?? throw new ErrnoException(Errno.ENOENT, "openat2");
        return held;
    }

    private void CopyBytes(SafeFileHandle from, SafeFileHandle to)
    {
        _buffer ??= new byte[ChunkSize];
        using var reader = new FileStream(from, FileAccess.Read, bufferSize: 0);
        using var writer = new FileStream(to, FileAccess.Write, bufferSize: 0);
        while (reader.Read(_buffer) is > 0 and var count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.Write(_buffer, 0, count);
            Bytes += count;
        }
    }

    /// <summary>Takes away what is in the place of a file.</summary>
    /// <returns>False when it can't be taken away because something is mounted on it.</returns>
    private static bool TryRemove(UnixDirectory directory, string name, string path)
    {
        switch (directory.TryStat(name)?.Kind)
        {
            case null:
                return true;
            case FileKind.Directory:
                throw new ErrnoException(Errno.EISDIR, "unlinkat", path);
            default:
                try
                {
                    directory.Remove(name, isDirectory: false);
                    return true;
                }
                catch (ErrnoException e) when (e.Errno == Errno.ENOENT)
                {
                    return true;
                }
                catch (ErrnoException e) when (e.Errno == Errno.EBUSY)
                {
                    return false;
                }
        }
    }

    /// <summary>The files that the engine binds on <c>/etc/hosts</c> and the like.</summary>
    private static SafeFileHandle Rewrite(UnixDirectory directory, string name, string path)
    {
        using var pinned = directory.TryPin(name);
        return pinned is { Status.Kind: FileKind.Regular } ? pinned.OpenForRewriting() : throw new ErrnoException(Errno.EBUSY, "unlinkat", path);
    }

    private void SetAttributes(UnixDirectory from, string name, UnixDirectory to, string newName, FileStatus status)
    {
        var (user, group) = options.Owner ?? (status.UserId, status.GroupId);
        to.SetOwner(newName, user, group);
        if (status.Kind != FileKind.SymbolicLink)
        {
            using var made = to.TryPin(newName);
            // Of what was made: somebody may have put a link in its place.
            if (made?.Status.Kind == status.Kind)
                made.SetMode(options.KeepsPrivileges ? status.Mode : status.Mode & ~SetIdBits);
            if (options.KeepsPrivileges)
                CopyExtendedAttributes(from, name, to, newName);
        }

        to.SetModificationTime(newName, status.ModifiedSeconds, status.ModifiedNanoseconds);
    }

    private static void CopyExtendedAttributes(UnixDirectory from, string name, UnixDirectory to, string newName)
    {
        foreach (var (attribute, value) in from.ReadExtendedAttributes(name))
        {
            if (attribute.StartsWith("trusted.overlay.", StringComparison.Ordinal) || attribute.StartsWith("user.overlay.", StringComparison.Ordinal)
                || attribute is "security.selinux" or "security.ima" or "security.evm")
                continue;
            try
            {
                to.SetExtendedAttribute(newName, attribute, value);
            }
            catch (ErrnoException e) when (e.Errno is Errno.EOPNOTSUPP or Errno.EPERM)
            {
                // The target's file system, or this user, can't have it; cp(1) goes on as well.
            }
        }
    }

    private static (ulong Device, ulong Inode) Identity(FileStatus status) => (status.Device, status.Inode);
}
