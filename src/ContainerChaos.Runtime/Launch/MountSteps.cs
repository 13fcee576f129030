using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The steps that fill a container's root: mounts, devices, read-only and masked paths.</summary>
internal sealed class MountSteps
{
    /// <summary>runtime-spec, config-linux: Default Devices.</summary>
    private static readonly string[] Devices = ["null", "zero", "full", "random", "urandom", "tty"];

    private readonly ChildProgram _program;
    private readonly RootSteps _root;

    internal MountSteps(ChildProgram program, RootSteps root)
    {
        _program = program;
        _root = root;
    }

    /// <summary>Mounts everything but control groups, which wait until the process is in its own.</summary>
    internal void Mount(IEnumerable<MountSpec> mounts)
    {
        foreach (var mount in mounts.Where(m => m.Type is not ("cgroup" or "cgroup2")))
        {
            var options = MountOptions.Parse(mount);
            if (options.IsBind)
            {
                Bind(mount, options);
                continue;
            }
            var type = mount.Type ?? throw new ContainerException(
                ErrorReason.InvalidArgument, $"mounts: {mount.Destination}: a type is missing.", mount.Destination);
            var target = _root.OpenOrMakeDirectory(mount.Destination);
            // A container may make device nodes wherever it may write, /dev too. Only devpts makes its own.
            _root.MountNew(type, mount.Source ?? type, type == "devpts" ? options : options.WithoutDevices(), target, mount.Destination);
            if (mount.Destination is "/dev" && type == "tmpfs")
                FillDev();
        }
    }

    /// <summary>Mounts the control groups as the container sees them: its own group is their root.</summary>
    internal void MountCgroups(IEnumerable<MountSpec> mounts, Cgroup cgroup)
    {
        foreach (var mount in mounts.Where(m => m.Type is "cgroup" or "cgroup2"))
        {
            var options = MountOptions.Parse(mount);
            options.Data.Clear();
            var target = _root.OpenOrMakeDirectory(mount.Destination);
            if (CgroupHost.Current.Mode == CgroupMode.V2)
            {
                _root.MountNew("cgroup2", "cgroup", options, target, mount.Destination);
                continue;
            }
            var shelf = MountOptions.Parse(new MountSpec { Options = ["nosuid", "nodev", "noexec", "mode=755"] });
            _root.MountNew("tmpfs", "tmpfs", shelf, target, mount.Destination);
            foreach (var hierarchy in CgroupHost.Current.Hierarchies.Where(h => cgroup.Directories.Contains(h.MountPoint + cgroup.Path)))
            {
                var at = $"{mount.Destination}/{Path.GetFileName(hierarchy.MountPoint)}";
                var perHierarchy = MountOptions.Parse(mount with { Options = [.. mount.Options.Where(o => !o.Contains('=')), .. hierarchy.Controllers] });
                _root.MountNew("cgroup", "cgroup", perHierarchy, _root.OpenOrMakeDirectory(at), at);
            }
            if ((options.Set & MountOptions.MOUNT_ATTR_RDONLY) != 0)
                _root.SetAttributes($"make {mount.Destination} read-only", _root.Open(mount.Destination), MountOptions.MOUNT_ATTR_RDONLY);
        }
    }

    /// <summary>Makes paths read-only; one that does not exist is passed over, as the runtime-spec has it.</summary>
    internal void MakeReadOnly(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var target = _root.Open(path, skipWhenMissing: RootSteps.MakeReadOnlySteps);
            _root.MakeReadOnly(target, path);
        }
    }

    /// <summary>Makes files read as empty and directories as an empty read-only one; a missing path is passed over.</summary>
    internal void Mask(IEnumerable<string> paths)
    {
        var readOnly = MountOptions.Parse(new MountSpec { Options = ["ro", "nosuid", "nodev", "noexec"] });
        foreach (var path in paths)
        {
            // Whether it is a file is known when the device is put on it: on a directory move_mount(2) says EINVAL.
            const int newMountSteps = 5, maskSteps = 2 + newMountSteps;
            var before = _program.Count;
            var target = _root.Open(path, skipWhenMissing: maskSteps);
            var device = _root.CloneOfHost($"mask {path}", "/dev/null", recursive: false);
            _root.Attach($"mask {path}", device, target).Tolerating(Errno.ENOTDIR, Errno.EINVAL).SkippingOnSuccess(newMountSteps);
            _root.MountNew("tmpfs", "tmpfs", readOnly, target, path);
            if (_program.Count - before != 1 + maskSteps)
                throw new InvalidOperationException("The steps to skip were miscounted.");
        }
    }

    private void Bind(MountSpec mount, MountOptions options)
    {
        var source = mount.Source ?? throw new ContainerException(
            ErrorReason.InvalidArgument, $"mounts: {mount.Destination}: a bind mount needs a source.", mount.Destination);
        if (!Path.Exists(source))
        {
            throw new ContainerException(ErrorReason.StartFailed, $"The volume's source {source} does not exist.", source)
            {
                Errno = Errno.ENOENT,
                Remedy = "Create it, or remove the volume.",
            };
        }
        var target = Directory.Exists(source)
            ? _root.OpenOrMakeDirectory(mount.Destination)
            : _root.OpenOrMakeFile(mount.Destination);
        _root.Bind(source, options.WithoutDevices(), target, mount.Destination);
    }

    /// <summary>
    /// Devices are the host's own, bound in: the root and every volume are mounted nodev, so a device node that a
    /// container makes for itself (CAP_MKNOD is in Docker's default set) opens nothing.
    /// </summary>
    private void FillDev()
    {
        var dev = _root.Open("/dev", directory: true);
        foreach (var name in Devices)
        {
            var target = _root.OpenOrMakeFile("/dev/" + name);
            _root.Attach($"bind /dev/{name}", _root.CloneOfHost($"bind /dev/{name}", "/dev/" + name, recursive: false), target);
        }
        _root.Link("pts/ptmx", dev, "ptmx");
        _root.Link("/proc/self/fd", dev, "fd");
        _root.Link("/proc/self/fd/0", dev, "stdin");
        _root.Link("/proc/self/fd/1", dev, "stdout");
        _root.Link("/proc/self/fd/2", dev, "stderr");
    }
}
