namespace ContainerChaos.Linux;

/// <summary>
/// Copies what a directory holds into another one with modes, owners, times, extended attributes and symbolic links.
/// Both are held by descriptor and no symbolic link is followed, so that nothing outside is read or written, whoever
/// renames meanwhile.
/// </summary>
public static class TreeCopy
{
    /// <summary>Copies a directory's content, and its own attributes but for the mode.</summary>
    /// <param name="source">The directory to read.</param>
    /// <param name="target">The directory to fill; a name that it has already is an error.</param>
    /// <param name="path">What error messages call the source.</param>
    /// <exception cref="ErrnoException">ENOSPC above all.</exception>
    public static void Copy(FileDescriptor source, FileDescriptor target, string path)
    {
        using var from = UnixDirectory.Open(source, path);
        using var to = UnixDirectory.Open(target, path);
        CopyContent(from, to);
        CopyAttributes(from, to, ".", FileStatus.Read(source), withMode: false);
    }

    private static void CopyContent(UnixDirectory from, UnixDirectory to)
    {
        foreach (var name in from.Names)
        {
            // One that is gone by now was not part of the image.
            if (from.TryStat(name) is not { } status || status.Kind is FileKind.Socket or FileKind.Unknown)
                continue;
            CopyEntry(from, to, name, status);
            CopyAttributes(from, to, name, status);
        }
    }

    private static void CopyEntry(UnixDirectory from, UnixDirectory to, string name, FileStatus status)
    {
        switch (status.Kind)
        {
            case FileKind.Directory:
                to.CreateDirectory(name);
                using (var subdirectory = from.TryOpenInRoot(name))
                using (var copy = to.TryOpenInRoot(name))
                {
                    if (subdirectory is not null && copy is not null)
                        CopyContent(subdirectory, copy);
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
