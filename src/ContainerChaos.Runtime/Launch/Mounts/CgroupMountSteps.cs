using ContainerChaos.Linux;
using static ContainerChaos.Linux.NativeConstants;
using static ContainerChaos.Runtime.MountFlags;

namespace ContainerChaos.Runtime;

/// <summary>The steps that show a container its control groups (runtime-spec, config-linux: Default Filesystems; cgroup_namespaces(7)).</summary>
internal sealed class CgroupMountSteps(ChildProgram program, RootSteps root, MountPlan plan, ProcGuard guard)
{
    private const ulong Always = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;

    private readonly MountCalls _calls = root.Calls;
    private readonly CgroupHost _host = CgroupHost.Current;

    private bool HasNamespace => plan.Namespaces.Has(CloneFlags.CLONE_NEWCGROUP);

    /// <summary>
    /// Whether the container's group is all that is to be seen: its directory is copied then, which looks the same as a
    /// new mount in the namespace of that group and takes less.
    /// </summary>
    private bool ShowsOwn => plan.Namespaces.IsNew(CloneFlags.CLONE_NEWCGROUP);

    /// <summary>Mounts them all.</summary>
    internal void Mount(MountEntry entry)
    {
        var place = root.OpenOrMakeDirectory(entry.Destination);
        guard.Check(entry.Destination, place);
        if (_host.Mode == CgroupMode.V2)
            MountUnified(entry, entry.Destination, place, entry.Options.NewAttributes, entry.Options.Data);
        else
            MountAll(entry, place);
    }

    /// <summary>Version 2: without a namespace of its own the whole tree, as with other runtimes.</summary>
    private void MountUnified(MountEntry entry, string at, ChildSlot place, ulong attributes, IReadOnlyList<(string Key, string? Value)> data)
    {
        var step = $"mount cgroup2 on {at}";
        var mount = program.NewSlot();
        // An option is for the kernel to judge.
        if (ShowsOwn && data.Count == 0)
        {
            CopyOrElse(step, Own(_host.UnifiedMountPoint!), attributes, mount, () => Make(step, "cgroup2", data, attributes, mount));
        }
        else
        {
            // EPERM: the cgroup namespace is not this user namespace's; EBUSY: the host mounted it with other options.
            var (made, mounted) = Make(step, "cgroup2", data, attributes, mount);
            made.Tolerating(Errno.EPERM, Errno.EBUSY).SkippingOnError(1);
            mounted.Tolerating(Errno.EPERM);
            var after = program.Count;
            _calls.Copy(step, HasNamespace ? Own(_host.UnifiedMountPoint!) : _host.UnifiedMountPoint!, AT_RECURSIVE, mount);
            _calls.SetAttributes(step, mount, attributes & ~MOUNT_ATTR__ATIME);
            mounted.SkippingOnSuccess(program.Count - after);
        }
        Attach(entry, step, mount, place, at);
    }

    /// <summary>Version 1 and hybrid: a tmpfs with a directory a hierarchy, and links for those that share one.</summary>
    private void MountAll(MountEntry entry, ChildSlot place)
    {
        var step = $"mount {entry.Destination}";
        ChildSlot context = program.NewSlot(), shelf = program.NewSlot();
        _calls.Configure(step, "tmpfs", context);
        _calls.SetOption(step, context, "source", "tmpfs");
        _calls.SetOption(step, context, "mode", "755");
        _calls.Create(step, context);
        _calls.MakeMount(step, context, Always, shelf);
        Attach(entry, step, shelf, place, entry.Destination);
        root.Remember(entry.Destination, shelf);

        var attributes = Always | (entry.Options.NewAttributes & ~MOUNT_ATTR__ATIME);
        foreach (var hierarchy in _host.Hierarchies.Concat(_host.NamedHierarchies).Where(IsShown))
        {
            var name = Path.GetFileName(hierarchy.MountPoint);
            var at = $"{entry.Destination}/{name}";
            MountHierarchy(entry, hierarchy, at, root.OpenOrMakeDirectory(at), attributes);
            foreach (var controller in hierarchy.Controllers.Where(c => c != name && name.Contains(',')))
                root.Link(name, shelf, controller);
        }
        // Its own group only: without one, and without a namespace to end it, the whole host's would be seen.
        if (_host.UnifiedMountPoint is { } unified && HasNamespace && plan.Cgroup.Directories.Contains(unified + plan.Cgroup.Path))
        {
            var at = $"{entry.Destination}/{Path.GetFileName(unified)}";
            MountUnified(entry, at, root.OpenOrMakeDirectory(at), attributes, []);
        }
        if (entry.Options.IsReadOnly)
            _calls.SetAttributes($"make {entry.Destination} read-only", shelf, MOUNT_ATTR_RDONLY);
    }

    private void MountHierarchy(MountEntry entry, CgroupHierarchy hierarchy, string at, ChildSlot place, ulong attributes)
    {
        var step = $"mount cgroup on {at}";
        var mount = program.NewSlot();
        (string, string?)[] options = [.. hierarchy.Controllers.Select(c => c.Split('=', 2) is ["name", var name] ? ("name", (string?)name) : (c, null))];
        if (ShowsOwn)
        {
            CopyOrElse(step, Own(hierarchy.MountPoint), attributes, mount, () => Make(step, "cgroup", options, attributes, mount));
        }
        else if (HasNamespace)
        {
            Make(step, "cgroup", options, attributes, mount);
        }
        else
        {
            // In another container the group may not be seen, and the hierarchy is that container's.
            _calls.Copy(step, Own(hierarchy.MountPoint), AT_RECURSIVE, mount).Tolerating(Errno.ENOENT).SkippingOnSuccess(1);
            _calls.Copy(step, hierarchy.MountPoint, AT_RECURSIVE, mount);
            _calls.SetAttributes(step, mount, attributes);
        }
        Attach(entry, step, mount, place, at);
    }

    /// <summary>A copy of a directory of the host's; a new mount where it can't be seen or copied.</summary>
    private void CopyOrElse(string step, string directory, ulong attributes, ChildSlot mount, Action make)
    {
        _calls.Copy(step, directory, AT_RECURSIVE, mount).Tolerating(Errno.ENOENT, Errno.EACCES, Errno.EINVAL).SkippingOnError(1);
        var changed = _calls.SetAttributes(step, mount, attributes & ~MOUNT_ATTR__ATIME);
        var after = program.Count;
        make();
        changed.SkippingOnSuccess(program.Count - after);
    }

    private (ChildStep Made, ChildStep Mounted) Make(string step, string type, IReadOnlyList<(string Key, string? Value)> options, ulong attributes, ChildSlot mount)
    {
        var context = program.NewSlot();
        _calls.Configure(step, type, context);
        _calls.SetOption(step, context, "source", "cgroup");
        foreach (var (key, value) in options)
            _calls.SetOption(step, context, key, value);
        return (_calls.Create(step, context), _calls.MakeMount(step, context, attributes, mount));
    }

    private void Attach(MountEntry entry, string step, ChildSlot mount, ChildSlot place, string at)
    {
        _calls.Attach(step, mount, place);
        foreach (var propagation in entry.Options.Propagations)
            _calls.SetPropagation($"{step}: set its propagation", mount, propagation);
        root.Remember(at, newAndEmpty: null);
    }

    /// <summary>A hierarchy that the container's group is not made in would show the host's own; without any group there is nothing else.</summary>
    private bool IsShown(CgroupHierarchy hierarchy) =>
        plan.Cgroup.Directories.Count == 0 || plan.Cgroup.Directories.Contains(hierarchy.MountPoint + plan.Cgroup.Path);

    /// <summary>The directory that the container's processes are in: its group, or where this process is when it has none there.</summary>
    private string Own(string hierarchy)
    {
        var directory = hierarchy + plan.Cgroup.Path;
        if (plan.Cgroup.Directories.Contains(directory))
            return directory;
        var mount = MountInfo.ReadSelf().LastOrDefault(m => m.MountPoint == hierarchy);
        if (mount is null)
            return hierarchy;
        // proc_pid_cgroup(5): "hierarchy-ID:controller-list:cgroup-path"; the path is below the namespace's root, as the mount's is.
        foreach (var line in File.ReadLines("/proc/self/cgroup"))
        {
            if (line.Split(':', 3) is not [_, var controllers, var path])
                continue;
            var isMine = mount.FileSystem == "cgroup2"
                ? controllers.Length == 0
                : controllers.Length > 0 && mount.SuperOptions.Split(',').Intersect(controllers.Split(',')).Any();
            if (isMine && (path + "/").StartsWith(mount.Root.TrimEnd('/') + "/", StringComparison.Ordinal))
                return (hierarchy + "/" + path[mount.Root.TrimEnd('/').Length..].Trim('/')).TrimEnd('/');
        }
        return hierarchy;
    }
}
