using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Where a path below a root leads: a directory that is held, a name in it, and what has this name.</summary>
internal sealed class LocatedFile : IDisposable
{
    // MAXSYMLINKS (include/linux/namei.h)
    private const int MaximumLinks = 40;

    private LocatedFile(UnixDirectory directory, string name)
    {
        Directory = directory;
        Name = name;
        Status = directory.TryStat(name);
    }

    /// <summary>The directory that it is in; itself where the name is <c>.</c>.</summary>
    internal UnixDirectory Directory { get; }

    /// <summary>One component, or <c>.</c>.</summary>
    internal string Name { get; }

    /// <summary>What it is; null when the directory has no such entry.</summary>
    internal FileStatus? Status { get; }

    internal bool IsDirectory => Status is { Kind: FileKind.Directory };

    /// <summary>Finds a path. Nothing in it leads out of the root.</summary>
    /// <param name="root">What it begins at.</param>
    /// <param name="path">The path, absolute or not.</param>
    /// <param name="follows">Whether a symbolic link at its end is followed, a dangling one to where it leads.</param>
    /// <returns>Null when there is no directory that it could be in.</returns>
    /// <exception cref="ErrnoException">ELOOP, EACCES and the other errors of openat2(2).</exception>
    internal static LocatedFile? TryFind(UnixDirectory root, string path, bool follows)
    {
        for (var links = 0; ; links++)
        {
            var (parent, name) = Split(path);
            if (TryEnter(root, parent) is not { } directory)
                return null;
            var found = new LocatedFile(directory, name);
            if (!follows || found.Status is not { Kind: FileKind.SymbolicLink })
                return found;
            using (found)
            {
                if (links == MaximumLinks)
                    throw new ErrnoException(Errno.ELOOP, "openat2", path);
                var target = directory.ReadSymbolicLink(name);
                path = target.StartsWith('/') ? target : $"{parent}/{target}";
            }
        }
    }

    /// <summary>This directory, open.</summary>
    internal UnixDirectory Enter(string path) => Directory.TryOpenDirectory(Name) ?? throw new ErrnoException(Errno.ENOTDIR, "openat", path);

    public void Dispose() => Directory.Dispose();

    private static UnixDirectory? TryEnter(UnixDirectory root, string path)
    {
        try
        {
            return root.TryOpenInRoot(path);
        }
        catch (ErrnoException e) when (e.Errno == Errno.ENOTDIR)
        {
            return null;
        }
    }

    // An end that is itself a way, such as "..", is entered; what has a name is looked at.
    private static (string Parent, string Name) Split(string path)
    {
        path = path.TrimEnd('/');
        var slash = path.LastIndexOf('/');
        return path[(slash + 1)..] is "" or "." or ".." ? (path, ".") : (slash < 0 ? "" : path[..slash], path[(slash + 1)..]);
    }
}
