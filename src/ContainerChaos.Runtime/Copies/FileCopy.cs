using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// Copies a file or a directory between two roots by the rules of <c>docker cp</c>: a directory goes into one that exists, or becomes
/// the one that does not; a source that ends with <c>/.</c> gives its content.
/// </summary>
/// <remarks>Paths begin at their root, and neither <c>..</c> nor a symbolic link leads out of it.</remarks>
public static class FileCopy
{
    /// <summary>Copies.</summary>
    /// <param name="sourceRoot">The root of the source.</param>
    /// <param name="source">The source's path.</param>
    /// <param name="targetRoot">The root of the destination.</param>
    /// <param name="target">The destination's path.</param>
    /// <param name="options">Links and owners.</param>
    /// <param name="cancellationToken">Ends it; what is copied by then stays.</param>
    /// <exception cref="ContainerException">PathNotFound, InvalidArgument, PermissionDenied, DiskFull, KernelError.</exception>
    public static FileCopyResult Copy(
        UnixDirectory sourceRoot, string source, UnixDirectory targetRoot, string target, FileCopyOptions options, CancellationToken cancellationToken = default)
    {
        var warnings = new List<string>();
        var transfer = new TreeTransfer(
            new TransferOptions
            {
                Owner = options.Archive ? null : (options.UserId, options.GroupId),
                KeepsPrivileges = options.Archive || options.KeepsSetId,
                Warn = warnings.Add,
            },
            cancellationToken);
        try
        {
            Run(sourceRoot, source, targetRoot, target, options, transfer);
        }
        catch (ErrnoException e)
        {
            throw Describe(e, source, target);
        }

        return new FileCopyResult(transfer.Files, transfer.Bytes, warnings);
    }

    private static void Run(UnixDirectory sourceRoot, string source, UnixDirectory targetRoot, string target, FileCopyOptions options, TreeTransfer transfer)
    {
        // A slash at the end says that it is a directory, which a link to one is too.
        var isContent = source.EndsWith("/.", StringComparison.Ordinal) || source is "." or "";
        var isNamedDirectory = isContent || source.EndsWith('/');
        using var from = LocatedFile.TryFind(sourceRoot, source, options.FollowLink || isNamedDirectory);
        if (from?.Status is null)
            throw Error(ErrorReason.PathNotFound, $"There is no '{source}'.", source, "Look for it there: the path is taken as the container's own.");
        if (isNamedDirectory && !from.IsDirectory)
            throw Error(ErrorReason.InvalidArgument, $"'{source}' is not a directory.", source, "Leave out the slash at its end.");
        using var to = LocatedFile.TryFind(targetRoot, target, follows: true)
            ?? throw Error(ErrorReason.PathNotFound, $"There is no directory for '{target}'.", target, "Make the directory first; only the last part of the path is made.");
        if (options.IntoDirectory && !to.IsDirectory)
            throw Error(ErrorReason.InvalidArgument, $"'{target}' is not a directory, and several files are to go there.", target, "Make it first.");

        var name = NameOf(source, from.Name);
        if (to.Status is null)
        {
            if (!from.IsDirectory && target.EndsWith('/'))
                throw Error(ErrorReason.PathNotFound, $"There is no directory '{target}'.", target, "Make it first, or leave out the slash at its end.");
            transfer.Copy(from.Directory, from.Name, to.Directory, to.Name, source);
        }
        else if (to.IsDirectory)
        {
            using var directory = to.Enter(target);
            if (isContent || name.Length == 0)
            {
                using var content = from.Enter(source);
                transfer.CopyContent(content, directory, source);
            }
            else
            {
                transfer.Copy(from.Directory, from.Name, directory, name, source);
            }
        }
        else if (from.IsDirectory)
        {
            throw Error(ErrorReason.InvalidArgument, $"'{source}' is a directory and '{target}' is a file.", target, "Give a directory, or a name that is not taken.");
        }
        else if (target.EndsWith('/'))
        {
            throw Error(ErrorReason.InvalidArgument, $"'{target}' is not a directory.", target, "Leave out the slash at its end.");
        }
        else if (from.Status is { } one && to.Status is { } other && (one.Device, one.Inode) == (other.Device, other.Inode))
        {
            throw Error(ErrorReason.InvalidArgument, $"'{source}' and '{target}' are the same file.", target, "Give another destination.");
        }
        else
        {
            transfer.Copy(from.Directory, from.Name, to.Directory, to.Name, source);
        }
    }

    /// <summary>The name that the source was asked for by, also where it is a link; empty for a way such as <c>/</c> or <c>..</c>.</summary>
    private static string NameOf(string source, string found)
    {
        var last = source.TrimEnd('/');
        last = last[(last.LastIndexOf('/') + 1)..];
        return last is "" or "." or ".." ? (found == "." ? "" : found) : last;
    }

    private static ContainerException Describe(ErrnoException e, string source, string target)
    {
        var (reason, text, remedy) = e.Errno switch
        {
            Errno.ENOENT => (ErrorReason.PathNotFound, "something of it has just vanished", "Copy again when nobody changes it."),
            Errno.ENOTDIR => (ErrorReason.InvalidArgument, "a directory can't replace a file", "Remove the file there first."),
            Errno.EISDIR => (ErrorReason.InvalidArgument, "a file can't replace a directory", "Remove the directory there first."),
            Errno.ELOOP => (ErrorReason.InvalidArgument, "it would be copied into itself, or its links lead round in a circle", "Give another destination."),
            Errno.EACCES or Errno.EPERM => (ErrorReason.PermissionDenied, "permission denied", "Run as root, or as the user whom the files belong to."),
            Errno.EROFS => (ErrorReason.PermissionDenied, "the file system there is read-only", "Copy to a volume or another file system that can be written."),
            Errno.ENOSPC or Errno.EDQUOT => (ErrorReason.DiskFull, "the disk is full", "Free space there."),
            Errno.EBUSY => (ErrorReason.InvalidArgument, "something is mounted there", "Copy to another name."),
            _ => (ErrorReason.KernelError, "the kernel refused it", "Look at the error's number in errno(3)."),
        };
        return new ContainerException(reason, $"Cannot copy '{source}' to '{target}': {text} ({e.Message}).", source, e) { Remedy = remedy, Errno = e.Errno };
    }

    private static ContainerException Error(ErrorReason reason, string message, string target, string remedy) => new(reason, message, target) { Remedy = remedy };
}
