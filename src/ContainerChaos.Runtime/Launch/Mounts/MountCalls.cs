using ContainerChaos.Linux;
using static ContainerChaos.Linux.NativeConstants;
using static ContainerChaos.Runtime.MountFlags;

namespace ContainerChaos.Runtime;

/// <summary>Steps that are one call of the mount interface each; places and mounts are always descriptors.</summary>
internal sealed class MountCalls
{
    private readonly ChildProgram _program;
    private readonly nint _empty;

    internal MountCalls(ChildProgram program)
    {
        _program = program;
        _empty = program.Text("");
    }

    /// <summary>A detached copy of what is mounted at a path, as the process sees it now.</summary>
    /// <param name="step">What it is for.</param>
    /// <param name="path">The path.</param>
    /// <param name="flags">AT_RECURSIVE, AT_SYMLINK_NOFOLLOW.</param>
    /// <param name="tree">Gets the copy.</param>
    internal ChildStep Copy(string step, string path, long flags, ChildSlot tree) => _program.Call(
        step, SystemCallNumber.open_tree, AT_FDCWD, _program.Text(path), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | flags).Into(tree);

    /// <summary>A detached copy of an open place.</summary>
    internal ChildStep Copy(string step, ChildSlot place, long flags, ChildSlot tree) => _program.Call(
        step, SystemCallNumber.open_tree, place, _empty, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | flags).Into(tree);

    /// <summary>Puts a detached mount on an open place. The mount's descriptor then is one of what is seen there.</summary>
    internal ChildStep Attach(string step, ChildSlot mount, ChildSlot place) => _program.Call(
        step, SystemCallNumber.move_mount, mount, _empty, place, _empty, MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);

    /// <summary>Sets and clears MOUNT_ATTR flags of the mount that a descriptor is the root of.</summary>
    internal ChildStep SetAttributes(string step, ChildSlot mount, ulong set, ulong clear = 0, bool recursive = false) =>
        SetAttributes(step, mount, new MountAttributes { Set = set, Clear = clear }, recursive);

    /// <summary>Changes the propagation of a mount.</summary>
    internal ChildStep SetPropagation(string step, ChildSlot mount, MountPropagation propagation) =>
        SetAttributes(step, mount, new MountAttributes { Propagation = (ulong)propagation.Type }, propagation.IsRecursive);

    /// <summary>Begins a new file system.</summary>
    internal ChildStep Configure(string step, string type, ChildSlot context) =>
        _program.Call(step, SystemCallNumber.fsopen, _program.Text(type), FSOPEN_CLOEXEC).Into(context);

    /// <summary>Sets an option of a file system that was begun.</summary>
    internal ChildStep SetOption(string step, ChildSlot context, string key, string? value) => _program.Call(
        value is null || key == "source" ? step : $"{step} with {key}", SystemCallNumber.fsconfig, context,
        value is null ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING, _program.Text(key), value is null ? 0 : _program.Text(value), 0);

    /// <summary>Makes the file system.</summary>
    internal ChildStep Create(string step, ChildSlot context) =>
        _program.Call(step, SystemCallNumber.fsconfig, context, FSCONFIG_CMD_CREATE, 0, 0, 0);

    /// <summary>Makes a detached mount of it.</summary>
    internal ChildStep MakeMount(string step, ChildSlot context, ulong attributes, ChildSlot mount) =>
        _program.Call(step, SystemCallNumber.fsmount, context, FSMOUNT_CLOEXEC, (long)attributes).Into(mount);

    private ChildStep SetAttributes(string step, ChildSlot mount, MountAttributes attributes, bool recursive) => _program.Call(
        step, SystemCallNumber.mount_setattr, mount, _empty, AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), _program.Structure(attributes), 32);

#pragma warning disable CS0649 // Fields that stay zero are part of the kernel's layout.
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
