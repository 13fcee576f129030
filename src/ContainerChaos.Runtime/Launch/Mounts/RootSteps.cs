using ContainerChaos.Linux;
using static ContainerChaos.Linux.NativeConstants;

namespace ContainerChaos.Runtime;

/// <summary>
/// The steps that name places in a container's root. A path is never followed by name alone: it is resolved by
/// openat2(2) with the root as the limit (RESOLVE_IN_ROOT), so that no symlink of the image leads outside, and used
/// through the descriptor.
/// </summary>
internal sealed class RootSteps
{
    private const ulong RESOLVE_NO_MAGICLINKS = 2, RESOLVE_IN_ROOT = 0x10;
    private const OpenFlags Place = OpenFlags.O_PATH | OpenFlags.O_CLOEXEC;

    private readonly ChildProgram _program;
    private readonly bool _inUserNamespace;
    private readonly Dictionary<string, ChildSlot?> _mounted = new(StringComparer.Ordinal);

    /// <param name="program">What the steps are appended to.</param>
    /// <param name="inUserNamespace">Whether the process is not the root that this runtime runs as.</param>
    internal RootSteps(ChildProgram program, bool inUserNamespace = false)
    {
        _program = program;
        _inUserNamespace = inUserNamespace;
        Root = program.NewSlot();
        Calls = new MountCalls(program);
    }

    /// <summary>The root's descriptor.</summary>
    internal ChildSlot Root { get; private set; }

    /// <summary>The calls that mount.</summary>
    internal MountCalls Calls { get; }

    /// <summary>Whether the process is in a user namespace of its own.</summary>
    internal bool InUserNamespace => _inUserNamespace;

    /// <summary>Makes what was mounted over the root the root of all that follows.</summary>
    internal void Replace(ChildSlot mount) => Root = mount;

    /// <summary>Opens the root of the mount namespace that the process is in.</summary>
    internal void Enter() => _program.Call(
        "open the container's root", SystemCallNumber.openat, AT_FDCWD, _program.Text("/"), (long)(Place | OpenFlags.O_DIRECTORY), 0).Into(Root);

    /// <summary>
    /// Notes a mount. One that is new and empty holds nothing but what these steps make, so that places in it are named
    /// from its own descriptor.
    /// </summary>
    internal void Remember(string path, ChildSlot? newAndEmpty) => _mounted[Normalize(path)] = newAndEmpty;

    /// <summary>Whether one of these steps mounted something at a path.</summary>
    internal bool HasMount(string path) => _mounted.ContainsKey(path);

    /// <summary>Opens what a path in the root leads to.</summary>
    internal ChildSlot Open(string path, bool directory = false)
    {
        var slot = _program.NewSlot();
        Resolve(path, slot, directory ? OpenFlags.O_DIRECTORY : 0);
        return slot;
    }

    /// <summary>Opens what a path in the root leads to.</summary>
    internal ChildStep Resolve(string path, ChildSlot into, OpenFlags flags = 0)
    {
        var how = _program.Array((ulong)(Place | flags), 0UL, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
        return _program.Call($"open {path} in the root", SystemCallNumber.openat2, Root, _program.Text(Relative(path)), how, 24).Into(into);
    }

    /// <summary>Opens a directory in the root, and makes it and those above it where they are missing.</summary>
    internal ChildSlot OpenOrMakeDirectory(string path) => OpenOrMake(path, isDirectory: true, out _);

    /// <summary>The same.</summary>
    /// <param name="path">The directory.</param>
    /// <param name="missing">Holds ENOENT if it was made; null when that is known: it was.</param>
    internal ChildSlot OpenOrMakeDirectory(string path, out ChildSlot? missing) => OpenOrMake(path, isDirectory: true, out missing);

    /// <summary>Opens a file in the root, and makes an empty one where it is missing.</summary>
    internal ChildSlot OpenOrMakeFile(string path) => OpenOrMake(path, isDirectory: false, out _);

    /// <summary>Opens the directory that a path's last name is in, and makes it where it is missing.</summary>
    internal (ChildSlot Directory, string Name) OpenOrMakeParent(string path)
    {
        var names = Names(path);
        if (names.Length == 0)
            throw new ContainerException(ErrorReason.InvalidArgument, $"'{path}' is the container's root itself, where nothing can be made or mounted.", path);
        return (OpenOrMakeDirectory("/" + string.Join('/', names.SkipLast(1))), names[^1]);
    }

    /// <summary>
    /// Opens or makes a directory for a file system that says what the kernel does: no symbolic link may lead it elsewhere
    /// (CVE-2019-19921, CVE-2023-27561).
    /// </summary>
    /// <param name="path">The directory.</param>
    /// <param name="step">What to say when it is something else.</param>
    internal ChildSlot OpenOrMakeOrdinaryDirectory(string path, string step)
    {
        var (parent, name) = OpenOrMakeParent(path);
        var slot = _program.NewSlot();
        var found = OpenWithin(step, parent, name, isDirectory: true, slot).Tolerating(Errno.ENOENT);
        var after = _program.Count;
        Make(parent, name, path, isDirectory: true);
        OpenWithin(step, parent, name, isDirectory: true, slot);
        found.SkippingOnSuccess(_program.Count - after);
        return slot;
    }

    /// <summary>Asks the parent to make a place, of whichever kind a mount is: what only a running process can know.</summary>
    /// <param name="path">The place.</param>
    /// <param name="mount">The mount, open.</param>
    internal ChildSlot OpenOrMakeFor(string path, ChildSlot mount)
    {
        var slot = _program.NewSlot();
        var found = Resolve(path, slot).Tolerating(Errno.ENOENT);
        var after = _program.Count;
        _program.Ask($"make {path} in the root", (child, values) =>
        {
            using var tree = child.OpenDescriptor(values[1]);
            MakeInParent(child, values[0], path, FileStatus.Read(tree).Kind == FileKind.Directory);
        }, Root, mount);
        Resolve(path, slot);
        found.SkippingOnSuccess(_program.Count - after);
        return slot;
    }

    /// <summary>Makes a symbolic link in an open directory; one that is there stays.</summary>
    internal ChildStep Link(string target, ChildSlot directory, string name) =>
        _program.Call($"link {name} to {target}", SystemCallNumber.symlinkat, _program.Text(target), directory, _program.Text(name)).Tolerating(Errno.EEXIST);

    /// <summary>A path of the container without empty names, single dots, and double ones resolved by name.</summary>
    internal static string Normalize(string path) => "/" + string.Join('/', Names(path));

    private static string[] Names(string path)
    {
        var names = new List<string>();
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name == "..")
                names.RemoveRange(Math.Max(0, names.Count - 1), Math.Min(1, names.Count));
            else if (name != ".")
                names.Add(name);
        }
        return [.. names];
    }

    private static string Relative(string path) => path.Trim('/') is { Length: > 0 } relative ? relative : ".";

    private ChildSlot OpenOrMake(string path, bool isDirectory, out ChildSlot? missing)
    {
        missing = null;
        var names = Names(path);
        if (names.Length == 0)
        {
            missing = _program.NewSlot();
            return Root;
        }
        if (TryFindNew(names) is var (mount, depth))
            return MakeWithin(mount, names[depth..], path, isDirectory);

        var slot = _program.NewSlot();
        missing = _program.NewSlot();
        OpenFlags flags = isDirectory ? OpenFlags.O_DIRECTORY : 0;
        var found = Resolve(path, slot, flags).Tolerating(Errno.ENOENT).KeepingErrnoIn(missing.Value);
        var afterFound = _program.Count;
        var parent = Root;
        ChildStep? inParent = null;
        if (names.Length > 1)
        {
            parent = _program.NewSlot();
            inParent = Resolve("/" + string.Join('/', names[..^1]), parent, OpenFlags.O_DIRECTORY).Tolerating(Errno.ENOENT);
        }
        var afterParent = _program.Count;
        Make(parent, names[^1], path, isDirectory);
        var made = Resolve(path, slot, flags).Tolerating(Errno.ENOENT);
        inParent?.SkippingOnError(_program.Count - afterParent);
        var afterMade = _program.Count;
        // More than one name is missing, or a symbolic link leads to something that is.
        _program.Ask($"make {path} in the root", (child, values) => MakeInParent(child, values[0], path, isDirectory), Root);
        Resolve(path, slot, flags);
        made.SkippingOnSuccess(_program.Count - afterMade);
        found.SkippingOnSuccess(_program.Count - afterFound);
        return slot;
    }

    /// <summary>The innermost mount that a path lies in, when it is one that is new and empty.</summary>
    private (ChildSlot Mount, int Depth)? TryFindNew(string[] names)
    {
        for (var depth = names.Length - 1; depth > 0; depth--)
        {
            if (_mounted.TryGetValue("/" + string.Join('/', names[..depth]), out var mount))
                return mount is { } slot ? (slot, depth) : null;
        }
        return null;
    }

    private ChildSlot MakeWithin(ChildSlot directory, string[] names, string path, bool isDirectory)
    {
        for (var i = 0; i < names.Length; i++)
        {
            var slot = _program.NewSlot();
            var last = i == names.Length - 1;
            Make(directory, names[i], path, isDirectory || !last);
            OpenWithin($"open {path} in the root", directory, names[i], isDirectory || !last, slot);
            directory = slot;
        }
        return directory;
    }

    private void Make(ChildSlot parent, string name, string path, bool isDirectory)
    {
        var step = $"make {path} in the root";
        var made = isDirectory
            ? _program.Call(step, SystemCallNumber.mkdirat, parent, _program.Text(name), 0x1ED /* 0755 */)
            : _program.Call(step, SystemCallNumber.mknodat, parent, _program.Text(name), S_IFREG | 0x1A4 /* 0644 */, 0);
        made.Tolerating(Errno.EEXIST);
    }

    private ChildStep OpenWithin(string step, ChildSlot parent, string name, bool isDirectory, ChildSlot slot) => _program.Call(
        step, SystemCallNumber.openat, parent, _program.Text(name), (long)(Place | OpenFlags.O_NOFOLLOW | (isDirectory ? OpenFlags.O_DIRECTORY : 0)), 0).Into(slot);

    private void MakeInParent(StartedChild child, long rootNumber, string path, bool isDirectory)
    {
        try
        {
            using var root = child.OpenDescriptor(rootNumber);
            // What is made belongs to the container's root.
            using var identity = _inUserNamespace ? FileSystemIdentity.Of(child.Pid) : null;
            RootedPath.Make(root, path, isDirectory);
        }
        catch (ErrnoException e)
        {
            throw new ContainerException(ErrorReason.StartFailed, $"make {path} in the root: {e.Message}", path, e) { Errno = e.Errno };
        }
    }
}
