using ContainerChaos.Linux;
using static ContainerChaos.Linux.NativeConstants;

namespace ContainerChaos.Runtime;

/// <summary>The steps of a bind mount: a copy of what is mounted elsewhere, changed while nobody sees it, then attached.</summary>
internal sealed class BindSteps(ChildProgram program, RootSteps root, MountPlan plan, ProcGuard guard)
{
    private readonly MountCalls _calls = root.Calls;

    /// <summary>Mounts a path of the host.</summary>
    internal void Bind(MountEntry entry)
    {
        var options = entry.Options;
        if (options.Data.Count > 0)
            throw entry.Invalid("options", $"bind mounts cannot have any filesystem-specific options applied, and '{options.Data[0].Key}' is one.");
        var source = Source(entry);
        var kind = KindOf(entry, source);
        if (options.CopiesSymbolicLink && kind == FileKind.SymbolicLink)
        {
            CopySymbolicLink(entry, source);
            return;
        }
        var step = $"bind {source} on {entry.Destination}";
        var tree = Copy(entry, step, source);
        Change(entry, step, tree);
        IdMappedMounts.Map(program, entry, plan.Linux, tree);
        var place = Place(entry, kind, tree);
        if (kind == FileKind.Directory && plan.Options.BeforeBind.TryGetValue(entry.Destination, out var before))
        {
            program.Ask($"{step}: look at what it covers", (child, values) =>
            {
                using var covered = child.OpenDescriptor(values[0]);
                before(covered);
            }, place);
        }
        _calls.Attach(step, tree, place);
        foreach (var propagation in options.Propagations)
            _calls.SetPropagation($"{step}: set its propagation", tree, propagation);
        root.Remember(entry.Destination, newAndEmpty: null);
        if (entry.Destination == "/")
            root.Replace(tree);
    }

    /// <summary>Mounts the shared memory of another container, where <see cref="LaunchOptions.SharedMemoryFrom"/> says so.</summary>
    internal void BindSharedMemory(MountEntry entry, string mountNamespace)
    {
        var step = $"share {entry.Destination}";
        var tree = plan.Inputs.Add(() =>
        {
            using var space = FileDescriptor.Open(mountNamespace, OpenFlags.O_RDONLY);
            return DetachedMount.TryCopyFrom(space, entry.Destination, out var why)
                ?? throw new ContainerException(ErrorReason.StartFailed, $"{step} with another container: {ErrnoException.Describe(why)}.", entry.Destination)
                {
                    Errno = why,
                    Remedy = "Start that container first, with -Ipc shareable.",
                };
        });
        var place = root.OpenOrMakeDirectory(entry.Destination);
        guard.Check(entry.Destination, place);
        _calls.Attach(step, tree, place);
        root.Remember(entry.Destination, newAndEmpty: null);
    }

    /// <summary>Changes a mount that is there already (mount(8), <c>remount,bind</c>).</summary>
    internal void Remount(MountEntry entry)
    {
        var place = root.Open(entry.Destination);
        Change(entry, $"remount {entry.Destination}", place);
        foreach (var propagation in entry.Options.Propagations)
            _calls.SetPropagation($"remount {entry.Destination}: set its propagation", place, propagation);
    }

    private string Source(MountEntry entry)
    {
        var source = entry.Spec.Source is { Length: > 0 } given ? given : throw entry.Invalid("source", "a bind mount needs one.");
        return Path.GetFullPath(source, plan.Options.Bundle ?? Environment.CurrentDirectory);
    }

    /// <summary>What the source is; null when only the container's own mounts will show it.</summary>
    private FileKind? KindOf(MountEntry entry, string source)
    {
        var options = entry.Options;
        if (options.CopiesSymbolicLink && (options.MountsSymbolicLink || options.MountsOnSymbolicLink))
            throw entry.Invalid("options", "copy-symlink is mutually exclusive with src-nofollow and dest-nofollow.");
        try
        {
            if ((options.CopiesSymbolicLink || options.MountsSymbolicLink) && FileStatus.TryRead(source, out var status) && status.Kind == FileKind.SymbolicLink)
                return FileKind.SymbolicLink;
        }
        catch (ErrnoException)
        {
            // The child may see what this process may not, and says so if not.
            return null;
        }
        if (Directory.Exists(source))
            return FileKind.Directory;
        if (File.Exists(source))
            return FileKind.Regular;
        if ((source + "/").StartsWith(plan.RootPath + "/", StringComparison.Ordinal))
            return null;
        throw new ContainerException(ErrorReason.StartFailed, $"mounts[{entry.Index}].source: {source} does not exist: no such file or directory.", source)
        {
            Errno = Errno.ENOENT,
            Remedy = "Create it, or remove the mount.",
        };
    }

    private ChildSlot Copy(MountEntry entry, string step, string source)
    {
        var options = entry.Options;
        if (plan.IsInside)
        {
            return plan.Inputs.Add(() => DetachedMount.TryCopy(source, options.IsRecursive, options.MountsSymbolicLink, out var why)
                ?? throw new ContainerException(ErrorReason.StartFailed, $"{step}: {ErrnoException.Describe(why)}.", source) { Errno = why });
        }
        var tree = program.NewSlot();
        var flags = (options.IsRecursive ? AT_RECURSIVE : 0) | (options.MountsSymbolicLink ? AT_SYMLINK_NOFOLLOW : 0);
        var copied = _calls.Copy(step, source, flags, tree);
        if (!root.InUserNamespace)
            return tree;

        // It may lie where only the host's root may go, or have mounts below it, which this namespace may not take off to show what
        // is under them (EINVAL). The parent's copy has no flags locked, so none but those named change.
        const int F_DUPFD_CLOEXEC = 1030;
        var opened = plan.Inputs.Add(() => DetachedMount.TryCopy(source, options.IsRecursive, options.MountsSymbolicLink, out _));
        var errno = program.NewSlot();
        copied.Tolerating(Errno.EACCES, Errno.EPERM, Errno.EINVAL).KeepingErrnoIn(errno);
        var after = program.Count;
        var absent = program.SkipIf(opened, LaunchInputs.Absent);
        var afterAbsent = program.Count;
        var taken = program.Call(step, SystemCallNumber.fcntl, opened, F_DUPFD_CLOEXEC, 3).Into(tree);
        absent.SkippingOnSuccess(program.Count - afterAbsent);
        taken.SkippingOnSuccess(1);
        program.FailWith(step, errno);
        copied.SkippingOnSuccess(program.Count - after);
        return tree;
    }

    private void Change(MountEntry entry, string step, ChildSlot mount)
    {
        var options = entry.Options;
        var forced = plan.ForcedAttributes(options);
        var (set, clear) = options.BindAttributes(keepOthers: false);
        if ((set | clear | forced) != 0)
        {
            var whole = _calls.SetAttributes($"{step}: set its flags", mount, set | forced, clear & ~forced);
            var (keptSet, keptClear) = options.BindAttributes(keepOthers: true);
            if ((keptSet, keptClear) != (set, clear))
            {
                // EPERM: a flag is locked, which this user namespace may not take away (mount_namespaces(7)). Those that
                // nobody named may stay; one that was named is an error then.
                whole.Tolerating(Errno.EPERM).SkippingOnSuccess(1);
                _calls.SetAttributes($"{step}: set its flags", mount, keptSet | forced, keptClear & ~forced);
            }
        }
        if ((options.RecursiveSet | options.RecursiveClear) != 0)
            _calls.SetAttributes($"{step}: set the flags of all below it", mount, options.RecursiveSet, options.RecursiveClear, recursive: true);
    }

    private ChildSlot Place(MountEntry entry, FileKind? kind, ChildSlot tree)
    {
        if (entry.Options.MountsOnSymbolicLink)
        {
            var unfollowed = program.NewSlot();
            root.Resolve(entry.Destination, unfollowed, OpenFlags.O_NOFOLLOW);
            guard.CheckUnfollowed(entry.Destination, unfollowed);
            return unfollowed;
        }
        var place = kind switch
        {
            null => root.OpenOrMakeFor(entry.Destination, tree),
            FileKind.Directory => root.OpenOrMakeDirectory(entry.Destination),
            _ => root.OpenOrMakeFile(entry.Destination),
        };
        guard.Check(entry.Destination, place);
        return place;
    }

    private void CopySymbolicLink(MountEntry entry, string source)
    {
        var target = new FileInfo(source).LinkTarget!;
        var (directory, name) = root.OpenOrMakeParent(entry.Destination);
        root.Link(target, directory, name).SkippingOnSuccess(1);
        program.Ask($"link {entry.Destination} to {target}", (child, values) =>
        {
            using var descriptor = child.OpenDescriptor(values[0]);
            using var parent = UnixDirectory.Open(descriptor, entry.Destination);
            if (parent.TryStat(name) is not { Kind: FileKind.SymbolicLink } || parent.ReadSymbolicLink(name) != target)
                throw entry.Invalid("destination", $"{entry.Destination} is there already, and no symbolic link to {target}.");
        }, directory);
    }
}
