namespace ContainerChaos.Linux;

/// <summary>
/// Copies what a directory holds into another one with modes, owners, times, extended attributes, hard and symbolic links.
/// Both are held by descriptor and no symbolic link is followed, so that nothing outside is read or written, whoever
/// renames meanwhile.
/// </summary>
public sealed class TreeCopy
{
    private readonly UnixDirectory _target;
    private readonly Dictionary<(ulong Device, ulong Inode), string> _linked = [];

    private TreeCopy(UnixDirectory target) => _target = target;

    /// <summary>Copies a directory's content, and its own attributes.</summary>
    /// <param name="source">The directory to read.</param>
    /// <param name="target">The directory to fill; a name that it has already is an error.</param>
    /// <param name="path">What error messages call the source.</param>
    /// <param name="withMode">Whether the target gets the source's mode as well.</param>
    /// <exception cref="ErrnoException">ENOSPC above all.</exception>
    public static void Copy(FileDescriptor source, FileDescriptor target, string path, bool withMode = false)
    {
        using var from = UnixDirectory.Open(source, path);
        using var to = UnixDirectory.Open(target, path);
        new TreeCopy(to).CopyContent(from, to, "");
        CopyAttributes(from, to, ".", FileStatus.Read(source), withMode);
    }

    /// <summary>Gives a directory another one's owner, mode, extended attributes and times.</summary>
    /// <param name="source">The one that has them.</param>
    /// <param name="target">The one that gets them.</param>
    public static void CopyAttributes(string source, string target)
    {
        using var from = UnixDirectory.Open(source);
        using var to = UnixDirectory.Open(target);
        CopyAttributes(from, to, ".", from.TryStat(".")!.Value);
    }

    private void CopyContent(UnixDirectory from, UnixDirectory to, string path)
    {
        foreach (var name in from.Names)
        {
            // One that is gone by now was not part of the image.
            if (from.TryStat(name) is not { } status || status.Kind is FileKind.Socket or FileKind.Unknown)
                continue;
            if (status is { Kind: not FileKind.Directory, Links: > 1 })
            {
                if (_linked.TryGetValue((status.Device, status.Inode), out var first))
                {
                    to.CreateHardLink(name, _target, first);
                    continue;
                }
                _linked.Add((status.Device, status.Inode), path + name);
            }
            CopyEntry(from, to, name, status, path);
            CopyAttributes(from, to, name, status);
        }
    }

    private void CopyEntry(UnixDirectory from, UnixDirectory to, string name, FileStatus status, string path)
    {
        switch (status.Kind)
        {
            case FileKind.Directory:
                to.CreateDirectory(name);
                using (var subdirectory = from.TryOpenInRoot(name))
                using (var copy = to.TryOpenInRoot(name))
                {
                    if (subdirectory is not null && copy is not null)
                        CopyContent(subdirectory, copy, $"{path}{name}/");
                }
                break;
            case FileKind.SymbolicLink:
                to.CreateSymbolicLink(name, from.ReadSymbolicLink(name));
                break;
            case FileKind.Regular:
                using (var content = from.TryOpenFileInRoot(name))
                using (var copy = to.CreateFile(name))
                {
                    if (content is null)
                        break;
                    using var reader = new FileStream(content, FileAccess.Read, bufferSize: 0);
                    using var writer = new FileStream(copy, FileAccess.Write, bufferSize: 0);
                    reader.CopyTo(writer);
                }
                break;
            default:
                to.CreateNode(name, status.Kind, status.DeviceMajor, status.DeviceMinor);
                break;
        }
    }

    private static void CopyAttributes(UnixDirectory from, UnixDirectory to, string name, FileStatus status, bool withMode = true)
    {
        // A user that the target's user namespace does not know leaves the file to its maker.
        Try(() => to.SetOwner(name, status.UserId, status.GroupId), Errno.EPERM, Errno.EINVAL, Errno.EOVERFLOW);
        if (withMode && status.Kind != FileKind.SymbolicLink)
            to.SetMode(name, status.Mode);
        foreach (var (attribute, value) in from.ReadExtendedAttributes(name))
            Try(() => to.SetExtendedAttribute(name, attribute, value), Errno.EOPNOTSUPP, Errno.EPERM);
        to.SetModificationTime(name, status.ModifiedSeconds, status.ModifiedNanoseconds);
    }

    private static void Try(Action action, params Errno[] tolerated)
    {
        try
        {
            action();
        }
        catch (ErrnoException e) when (tolerated.Contains(e.Errno))
        {
        }
    }
}
