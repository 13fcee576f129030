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
    private const long OPEN_TREE_CLONE = 1, OPEN_TREE_CLOEXEC = 0x80000;
    private const long MOVE_MOUNT_F_EMPTY_PATH = 4, MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    private const long FSOPEN_CLOEXEC = 1, FSMOUNT_CLOEXEC = 1;
    private const long FSCONFIG_SET_FLAG = 0, FSCONFIG_SET_STRING = 1, FSCONFIG_CMD_CREATE = 6;

    private readonly ChildProgram _program;
    private readonly nint _empty;

    internal RootSteps(ChildProgram program)
    {
        _program = program;
        Root = program.NewSlot();
        _empty = program.Text("");
    }

    /// <summary>The root's descriptor.</summary>
    internal ChildSlot Root { get; }

    /// <summary>Opens what a path in the root leads to; its absence can skip the next steps.</summary>
    internal ChildSlot Open(string path, bool directory = false, int skipWhenMissing = -1)
    {
        var slot = _program.NewSlot();
        var how = _program.Structure(new OpenHow
        {
            Flags = (ulong)(OpenFlags.O_PATH | OpenFlags.O_CLOEXEC | (directory ? OpenFlags.O_DIRECTORY : 0)),
            Resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
        });
        var step = _program.Call($"open {path} in the root", SystemCallNumber.openat2, Root, Relative(path), how, 24).Into(slot);
        if (skipWhenMissing >= 0)
            step.Tolerating(Errno.ENOENT, Errno.ENOTDIR).SkippingOnError(skipWhenMissing);
        return slot;
    }

    /// <summary>Opens a directory in the root, and makes it and those above it where they are missing.</summary>
    internal ChildSlot OpenOrMakeDirectory(string path)
    {
        var parent = Root;
        var walked = "";
        foreach (var name in Components(path))
        {
            walked += "/" + name;
            _program.Call($"mkdir {walked} in the root", SystemCallNumber.mkdirat, parent, _program.Text(name), 0x1ED /* 0755 */)
                .Tolerating(Errno.EEXIST);
            parent = Open(walked, directory: true);
        }
        return parent;
    }

    /// <summary>Opens a file in the root, and makes an empty one where it is missing.</summary>
    internal ChildSlot OpenOrMakeFile(string path)
    {
        var parent = OpenOrMakeDirectory(Path.GetDirectoryName(path)!);
        _program.Call($"create {path} in the root", SystemCallNumber.mknodat, parent, _program.Text(Path.GetFileName(path)), S_IFREG | 0x1A4 /* 0644 */, 0)
            .Tolerating(Errno.EEXIST);
        return Open(path);
    }

    /// <summary>Mounts a new file system on an open place.</summary>
    internal void MountNew(string type, string source, MountOptions options, ChildSlot target, string at)
    {
        var step = $"mount {type} on {at}";
        var context = _program.NewSlot();
        _program.Call(step, SystemCallNumber.fsopen, _program.Text(type), FSOPEN_CLOEXEC).Into(context);
        _program.Call(step, SystemCallNumber.fsconfig, context, FSCONFIG_SET_STRING, _program.Text("source"), _program.Text(source), 0);
        foreach (var (key, value) in options.Data)
        {
            _program.Call(
                $"{step} with {key}", SystemCallNumber.fsconfig, context,
                value is null ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING, _program.Text(key), value is null ? 0 : _program.Text(value), 0);
        }
        _program.Call(step, SystemCallNumber.fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0);
        var mount = _program.NewSlot();
        _program.Call(step, SystemCallNumber.fsmount, context, FSMOUNT_CLOEXEC, (long)options.Set).Into(mount);
        Attach(step, mount, target);
    }

    /// <summary>Mounts a host's path on an open place.</summary>
    internal void Bind(string source, MountOptions options, ChildSlot target, string at)
    {
        var step = $"bind {source} on {at}";
        var tree = CloneOfHost(step, source, options.IsRecursive);
        SetAttributes(step, tree, options.Set, options.Clear, options.Propagation, options.IsRecursive);
        Attach(step, tree, target);
    }

    /// <summary>A detached copy of a mount of the host.</summary>
    internal ChildSlot CloneOfHost(string step, string path, bool recursive)
    {
        var tree = _program.NewSlot();
        _program.Call(step, SystemCallNumber.open_tree, AT_FDCWD, _program.Text(path), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (recursive ? AT_RECURSIVE : 0)).Into(tree);
        return tree;
    }

    /// <summary>How many steps <see cref="MakeReadOnly"/> appends.</summary>
    internal const int MakeReadOnlySteps = 3;

    /// <summary>Covers an open place with a read-only mount of itself.</summary>
    internal void MakeReadOnly(ChildSlot target, string at)
    {
        var step = $"make {at} read-only";
        var tree = _program.NewSlot();
        _program.Call(step, SystemCallNumber.open_tree, target, _empty, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE).Into(tree);
        SetAttributes(step, tree, MountOptions.MOUNT_ATTR_RDONLY, 0, 0, recursive: true);
        Attach(step, tree, target);
    }

    /// <summary>Sets the attributes of the mount that an open place is the root of, and of that mount alone.</summary>
    internal void SetAttributes(string step, ChildSlot mount, ulong set) => SetAttributes(step, mount, set, 0, 0, recursive: false);

    /// <summary>Puts a detached mount on an open place.</summary>
    internal ChildStep Attach(string step, ChildSlot mount, ChildSlot target) => _program.Call(
        step, SystemCallNumber.move_mount, mount, _empty, target, _empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);

    /// <summary>Makes a symbolic link in an open directory; one that is there stays.</summary>
    internal void Link(string target, ChildSlot directory, string name) =>
        _program.Call($"link /dev/{name}", SystemCallNumber.symlinkat, _program.Text(target), directory, _program.Text(name)).Tolerating(Errno.EEXIST);

    private void SetAttributes(string step, ChildSlot mount, ulong set, ulong clear, ulong propagation, bool recursive)
    {
        // mount_setattr(2): a change of the access time mode clears the whole field first.
        if ((set & MountOptions.MOUNT_ATTR_ATIME) != 0)
            clear |= MountOptions.MOUNT_ATTR_ATIME;
        var attributes = _program.Structure(new MountAttributes { Set = set, Clear = clear, Propagation = propagation });
        _program.Call(step, SystemCallNumber.mount_setattr, mount, _empty, AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), attributes, 32);
    }

    private nint Relative(string path) => _program.Text(path.Trim('/') is { Length: > 0 } relative ? relative : ".");

    private static IEnumerable<string> Components(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(name => name != ".");

#pragma warning disable CS0649 // Fields that stay zero are part of the kernel's layout.
    /// <summary><c>struct open_how</c> of openat2(2).</summary>
    private struct OpenHow
    {
        internal ulong Flags;
        internal ulong Mode;
        internal ulong Resolve;
    }

    /// <summary><c>struct mount_attr</c> of mount_setattr(2).</summary>
    private struct MountAttributes
    {
        internal ulong Set;
        internal ulong Clear;
        internal ulong Propagation;
        internal ulong UserNamespace;
    }
#pragma warning restore CS0649
}
