using System.Globalization;
using ContainerChaos.Linux;
using static ContainerChaos.Linux.NativeConstants;
using static ContainerChaos.Runtime.MountFlags;

namespace ContainerChaos.Runtime;

/// <summary>The steps that mount a file system of a container's own.</summary>
internal sealed class FileSystemSteps(ChildProgram program, RootSteps root, MountPlan plan, ProcGuard guard)
{
    // fsconfig(2) takes a value of 255 bytes, mount(2) a page of options.
    private const int LongestValue = 255;

    private readonly MountCalls _calls = root.Calls;
    private readonly List<(string Destination, ChildSlot Mount)> _toBecomeReadOnly = [];

    /// <summary>Mounts a file system.</summary>
    internal void Mount(MountEntry entry)
    {
        var (type, options) = (entry.Spec.Type!, entry.Options);
        if (type is "proc" or "sysfs")
        {
            MountKernels(entry, type);
            return;
        }
        var place = root.OpenOrMakeDirectory(entry.Destination, out var missing);
        guard.Check(entry.Destination, place);
        if ((options.Flags & MS_I_VERSION) != 0 || options.Data.Any(d => d.Value?.Length > LongestValue))
        {
            MountByOneCall(entry, type, place);
            return;
        }
        var mount = Make(entry, type, options.IsReadOnly && type == "tmpfs" ? options.Writable() : options, place, missing);
        if (options.CopiesUp)
            CopyUp(entry, place, mount);
        Finish(entry, mount, place, isEmpty: type == "tmpfs" && !options.CopiesUp);
        if (options.IsReadOnly && type == "tmpfs")
            _toBecomeReadOnly.Add((entry.Destination, mount));
    }

    /// <summary>Changes a file system that is mounted already.</summary>
    internal void Remount(MountEntry entry)
    {
        var step = $"remount {entry.Destination}";
        program.Call(step, SystemCallNumber.fchdir, root.Open(entry.Destination, directory: true));
        program.Call(step, SystemCallNumber.mount, 0, program.Text("."), 0, (long)(entry.Options.Flags & ~MS_REC), Data(entry.Options));
    }

    /// <summary>Makes what is full now read-only.</summary>
    internal void MakeReadOnly()
    {
        foreach (var (destination, mount) in _toBecomeReadOnly)
            _calls.SetAttributes($"make {destination} read-only", mount, MOUNT_ATTR_RDONLY);
    }

    /// <summary>proc and sysfs, which some user namespaces may not have new, and then get the host's if it shows no more.</summary>
    private void MountKernels(MountEntry entry, string type)
    {
        var place = root.OpenOrMakeOrdinaryDirectory(entry.Destination, $"filesystem \"{type}\" must be mounted on ordinary directory {entry.Destination}");
        var step = $"mount {type} on {entry.Destination}";
        var mount = program.NewSlot();
        var (context, begun) = Begin(entry, step, type, entry.Options);
        var afterBegun = begun.Index + 1;
        var made = _calls.Create(step, context);
        var mounted = _calls.MakeMount(step, context, entry.Options.NewAttributes | plan.ForcedAttributes(entry.Options), mount);
        var afterMounted = program.Count;
        if (root.InUserNamespace && (type == "sysfs" || !plan.Namespaces.Has(CloneFlags.CLONE_NEWPID)))
        {
            begun.Tolerating(Errno.EPERM).SkippingOnError(afterMounted - afterBegun);
            made.Tolerating(Errno.EPERM).SkippingOnError(1);
            mounted.Tolerating(Errno.EPERM);
            _calls.Copy(step, type == "sysfs" ? "/sys" : "/proc", AT_RECURSIVE, mount);
            _calls.SetAttributes(step, mount, entry.Options.NewAttributes & ~MOUNT_ATTR__ATIME, recursive: true);
            mounted.SkippingOnSuccess(program.Count - afterMounted);
        }
        Finish(entry, mount, place, isEmpty: false);
    }

    private ChildSlot Make(MountEntry entry, string type, MountOptions options, ChildSlot place, ChildSlot? missing)
    {
        var step = $"mount {type} on {entry.Destination}";
        var (context, _) = Begin(entry, step, type, options);
        if (type == "tmpfs" && missing is { } absent && !options.Data.Any(d => d.Key == "mode"))
        {
            program.SkipIf(absent, (long)Errno.ENOENT, 1);
            program.Ask($"{step} with the mode of the directory", TakeOverMode, place, context);
        }
        _calls.Create(step, context);
        var mount = program.NewSlot();
        _calls.MakeMount(step, context, options.NewAttributes | (type == "devpts" ? 0 : plan.ForcedAttributes(options)), mount);
        return mount;
    }

    private (ChildSlot Context, ChildStep Begun) Begin(MountEntry entry, string step, string type, MountOptions options)
    {
        var context = program.NewSlot();
        var begun = _calls.Configure(step, type, context);
        _calls.SetOption(step, context, "source", entry.Spec.Source is { Length: > 0 } source ? source : type);
        foreach (var flag in options.FileSystemFlags)
            _calls.SetOption(step, context, flag, null);
        foreach (var (key, value) in options.Data)
        {
            // A group that the user namespace does not have can't own the terminals; without it they are the user's.
            if (type == "devpts" && key == "gid" && !HasGroup(value))
                continue;
            _calls.SetOption(step, context, key, value);
        }
        return (context, begun);
    }

    private void Finish(MountEntry entry, ChildSlot mount, ChildSlot place, bool isEmpty)
    {
        var (step, options) = ($"mount {entry.Spec.Type} on {entry.Destination}", entry.Options);
        if ((options.RecursiveSet | options.RecursiveClear) != 0)
            _calls.SetAttributes($"{step}: set its flags", mount, options.RecursiveSet, options.RecursiveClear, recursive: true);
        IdMappedMounts.Map(program, entry, plan.Linux, mount);
        _calls.Attach(step, mount, place);
        foreach (var propagation in options.Propagations)
            _calls.SetPropagation($"{step}: set its propagation", mount, propagation);
        root.Remember(entry.Destination, isEmpty ? mount : null);
        if (entry.Destination == "/")
            root.Replace(mount);
    }

    private void MountByOneCall(MountEntry entry, string type, ChildSlot place)
    {
        var step = $"mount {type} on {entry.Destination}";
        var options = entry.Options;
        // "." is the place: mount(2) has no descriptors, and the way to it by name might lead elsewhere.
        program.Call(step, SystemCallNumber.fchdir, place);
        program.Call(
            step, SystemCallNumber.mount, program.Text(entry.Spec.Source ?? type), program.Text("."), program.Text(type),
            (long)(options.Flags | (plan.ForcedAttributes(options) != 0 ? MS_NODEV : 0)), Data(options));
        root.Remember(entry.Destination, newAndEmpty: null);
        var mount = root.Open(entry.Destination, directory: true);
        foreach (var propagation in options.Propagations)
            _calls.SetPropagation($"{step}: set its propagation", mount, propagation);
        if (entry.Destination == "/")
            throw entry.Invalid("options", "they are too long for the root.");
    }

    private nint Data(MountOptions options) => options.Data.Count == 0
        ? 0
        : program.Text(string.Join(',', options.Data.Select(d => d.Value is null ? d.Key : $"{d.Key}={d.Value}")));

    private bool HasGroup(string? value) =>
        !root.InUserNamespace || plan.Linux.GidMappings.Count == 0
        || !uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var gid)
        || plan.Linux.GidMappings.Any(m => gid >= m.ContainerID && gid - m.ContainerID < m.Size);

    private void CopyUp(MountEntry entry, ChildSlot place, ChildSlot mount)
    {
        if (entry.Spec.Type != "tmpfs")
            throw entry.Invalid("options", "tmpcopyup can be used only with tmpfs.");
        if (entry.Destination == "/")
            throw entry.Invalid("options", "tmpcopyup on / is not supported.");
        var inUserNamespace = root.InUserNamespace;
        program.Ask($"copy up {entry.Destination}", (child, values) =>
        {
            try
            {
                using FileDescriptor source = child.OpenDescriptor(values[0]), target = child.OpenDescriptor(values[1]);
                using var identity = inUserNamespace ? FileSystemIdentity.Of(child.Pid) : null;
                TreeCopy.Copy(source, target, entry.Destination);
            }
            catch (ErrnoException e)
            {
                throw new ContainerException(ErrorReason.StartFailed, $"mounts[{entry.Index}]: copy up {entry.Destination}: {e.Message}", entry.Destination, e) { Errno = e.Errno };
            }
        }, place, mount);
    }

    private static void TakeOverMode(StartedChild child, ReadOnlySpan<long> values)
    {
        using FileDescriptor place = child.OpenDescriptor(values[0]), context = child.OpenDescriptor(values[1]);
        DetachedMount.Configure(context, "mode", Convert.ToString(FileStatus.Read(place).Mode, 8));
    }
}
