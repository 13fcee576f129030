using ContainerChaos.Linux;
using static ContainerChaos.Linux.NativeConstants;
using static ContainerChaos.Runtime.MountFlags;

namespace ContainerChaos.Runtime;

/// <summary>The steps that mount a container's root, and make it the process's own.</summary>
internal sealed class ContainerRoot
{
    private readonly ChildProgram _program;
    private readonly RootSteps _root;
    private readonly MountPlan _plan;
    private readonly MountPropagation _propagation;

    internal ContainerRoot(ChildProgram program, RootSteps root, MountPlan plan)
    {
        _program = program;
        _root = root;
        _plan = plan;
        _propagation = Propagation(plan);
        if (plan.RootPath == "/")
            throw new ContainerException(ErrorReason.InvalidArgument, "root.path: the host's own root can't be a container's.", plan.RootPath);
        if (plan.Options.NoPivot && _propagation.Type == MS_PRIVATE && plan.Linux.RootfsPropagation is not null)
            throw new ContainerException(ErrorReason.InvalidArgument, "linux.rootfsPropagation: [r]private is not safe without pivot_root.", plan.Linux.RootfsPropagation);
    }

    /// <summary>Whether the new mount namespace shares nothing with the host's.</summary>
    private bool IsApart => _propagation is { IsRecursive: true, Type: MS_PRIVATE or MS_SLAVE };

    /// <summary>A directory's path without symbolic links.</summary>
    /// <exception cref="ContainerException">It is no directory (<see cref="ErrorReason.InvalidArgument"/>).</exception>
    internal static string Canonical(string path)
    {
        using var directory = FileDescriptor.TryOpen(path, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY, 0, out var errno)
            ?? throw new ContainerException(ErrorReason.InvalidArgument, $"root.path: {path}: {ErrnoException.Describe(errno)}.", path) { Errno = errno };
        return new FileInfo($"/proc/self/fd/{directory.Number}").LinkTarget ?? path;
    }

    /// <summary>Mounts the root where the spec has it, and opens it.</summary>
    internal void Mount()
    {
        var path = _program.Text(_plan.RootPath);
        if (_plan.Namespaces.HasMounts)
            Separate();
        if (_plan.Options.Overlay is { } overlay)
        {
            if (overlay is { OpenDisk: { } disk, DiskPlace: { } place })
            {
                _program.Call(
                    "mount the disk of the writable layer", SystemCallNumber.move_mount, _plan.Inputs.Add(disk), _program.Text(""), AT_FDCWD, _program.Text(place), MOVE_MOUNT_F_EMPTY_PATH);
            }
            if (overlay.CommonDirectory is { } layers)
                _program.Call("enter the directory of the layers", SystemCallNumber.chdir, _program.Text(layers));
            _program.Call(
                "mount overlay on the root", SystemCallNumber.mount, _program.Text("overlay"), path, _program.Text("overlay"),
                _plan.Options.WithoutDeviceNodes ? MS_NODEV : 0, _program.Text(overlay.ToOptions()));
            _program.Call("open the root", SystemCallNumber.openat, AT_FDCWD, path, (long)(OpenFlags.O_PATH | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC), 0).Into(_root.Root);
            return;
        }
        _root.Calls.Copy("bind the root", _plan.RootPath, AT_RECURSIVE, _root.Root);
        if (_plan.Options.WithoutDeviceNodes)
            _root.Calls.SetAttributes("make the root nodev", _root.Root, MOUNT_ATTR_NODEV);
        _program.Call(
            "bind the root", SystemCallNumber.move_mount, _root.Root, _program.Text(""), AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
    }

    /// <summary>Makes the root the process's, and takes the old one away.</summary>
    internal void Enter()
    {
        if (_plan.Spec.Root is { Readonly: true })
            _root.Calls.SetAttributes("make the root read-only", _root.Root, MOUNT_ATTR_RDONLY);
        _program.Call("enter the root", SystemCallNumber.fchdir, _root.Root);
        var here = _program.Text(".");
        if (!_plan.Namespaces.HasMounts)
            _program.Call("chroot", SystemCallNumber.chroot, here);
        else if (_plan.Options.NoPivot)
            MoveRoot(here);
        else
            Pivot(here);
        _program.Call("enter the root", SystemCallNumber.chdir, _program.Text("/"));
        if (_plan.Namespaces.HasMounts && _propagation.Type is MS_SHARED or MS_UNBINDABLE)
            _program.Call("linux.rootfsPropagation: set the root's propagation", SystemCallNumber.mount, 0, _program.Text("/"), 0, (long)_propagation.Flags, 0);
    }

    private static MountPropagation Propagation(MountPlan plan)
    {
        if (plan.Linux.RootfsPropagation is { Length: > 0 } name)
        {
            return MountOptionNames.Propagations.TryGetValue(name, out var given)
                ? given
                : throw new ContainerException(ErrorReason.InvalidArgument, $"linux.rootfsPropagation: '{name}' is none of private, slave, shared and unbindable.", name);
        }
        // What the host unmounts a container should not keep; the engine's own have nothing of it but their volumes.
        return new MountPropagation(plan.Options.WithoutDeviceNodes ? MS_PRIVATE : MS_SLAVE, IsRecursive: true);
    }

    /// <summary>
    /// Keeps the container's mounts from the host. Where the whole tree is not cut off, the mount that the root lies on is:
    /// pivot_root(2) needs that, and a mount on a shared one would be seen outside.
    /// </summary>
    private void Separate()
    {
        _program.Call("linux.rootfsPropagation: set that of all mounts", SystemCallNumber.mount, 0, _program.Text("/"), 0, (long)_propagation.Flags, 0);
        if (IsApart)
            return;
        var flag = _propagation.Type == MS_SLAVE ? MS_SLAVE : MS_PRIVATE;
        _program.Call("separate the mount that the root lies on", SystemCallNumber.mount, 0, _program.Text(MountPointOf(_plan.RootPath)), 0, flag, 0);
        // Of a mount that can't be bound there would be no null device for masked paths.
        if (_propagation is { Type: MS_UNBINDABLE, IsRecursive: true })
            _program.Call("separate the mount of /dev", SystemCallNumber.mount, 0, _program.Text(MountPointOf("/dev/null")), 0, MS_PRIVATE, 0);
    }

    private static string MountPointOf(string path)
    {
        while (path != "/" && !FileStatus.Read(path).IsMountRoot)
            path = Path.GetDirectoryName(path)!;
        return path;
    }

    /// <summary>pivot_root(2): with "." for both, the old root is left mounted over the new one and taken off from there.</summary>
    private void Pivot(nint here)
    {
        _program.Call("pivot_root", SystemCallNumber.pivot_root, here, here);
        if (!IsApart)
            _program.Call("separate the old root", SystemCallNumber.mount, 0, here, 0, MS_SLAVE | MS_REC, 0);
        _program.Call("unmount the old root", SystemCallNumber.umount2, here, MNT_DETACH);
    }

    /// <summary>
    /// Without pivot_root(2) the host's mounts stay below. A whole procfs or sysfs among them would let a user namespace in
    /// the container mount one without masks, so they are taken off, or covered where they are locked.
    /// </summary>
    private void MoveRoot(nint here)
    {
        foreach (var mount in MountInfo.ReadSelf().Reverse())
        {
            if (mount.FileSystem is not ("proc" or "sysfs") || mount.Root != "/" || (mount.MountPoint + "/").StartsWith(_plan.RootPath + "/", StringComparison.Ordinal))
                continue;
            var (step, point) = ($"take off {mount.MountPoint}", _program.Text(mount.MountPoint));
            var separated = _program.Call(step, SystemCallNumber.mount, 0, point, 0, MS_SLAVE | MS_REC, 0).Tolerating(Errno.ENOENT, Errno.EINVAL);
            var after = _program.Count;
            _program.Call(step, SystemCallNumber.umount2, point, MNT_DETACH).Tolerating(Errno.EINVAL, Errno.EPERM).SkippingOnSuccess(1);
            _program.Call(step, SystemCallNumber.mount, _program.Text("tmpfs"), point, _program.Text("tmpfs"), 0, 0);
            separated.SkippingOnError(_program.Count - after);
        }
        _program.Call("move the root", SystemCallNumber.mount, here, _program.Text("/"), 0, MS_MOVE, 0);
        _program.Call("chroot", SystemCallNumber.chroot, here);
    }
}
