using ContainerChaos.Linux;
using static ContainerChaos.Linux.NativeConstants;
using static ContainerChaos.Runtime.MountFlags;

namespace ContainerChaos.Runtime;

/// <summary>The steps that hide paths of a container and forbid writing to others (runtime-spec, config-linux: Masked and Readonly Paths).</summary>
internal sealed class PathSteps(ChildProgram program, RootSteps root, MountPlan plan)
{
    private readonly MountCalls _calls = root.Calls;

    /// <summary>Covers paths with read-only mounts of themselves; one that does not exist is passed over, as the runtime-spec has it.</summary>
    internal void MakeReadOnly(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            var step = $"make {path} read-only";
            var (place, found) = Find(path);
            var after = program.Count;
            var tree = program.NewSlot();
            _calls.Copy(step, place, AT_RECURSIVE, tree);
            _calls.SetAttributes(step, tree, MOUNT_ATTR_RDONLY, recursive: true);
            _calls.Attach(step, tree, place);
            found.SkippingOnError(program.Count - after);
        }
    }

    /// <summary>Makes files read as empty and directories as an empty read-only one; a missing path is passed over.</summary>
    internal void Mask(IReadOnlyList<string> paths)
    {
        if (paths.Count == 0)
            return;
        var device = OpenNullDevice();
        var shared = program.NewSlot();
        foreach (var path in paths.Select(RootSteps.Normalize).Distinct())
        {
            var step = $"mask {path}";
            var (place, found) = Find(path);
            var after = program.Count;
            if (IsProbablyDirectory(path))
            {
                var isDirectory = program.Call(step, SystemCallNumber.openat, place, program.Text("."), (long)(OpenFlags.O_PATH | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC), 0)
                    .Tolerating(Errno.ENOTDIR);
                var afterKind = program.Count;
                var (copied, afterCopied, made, afterMade) = MaskDirectory(step, place, shared);
                isDirectory.SkippingOnError(program.Count - afterKind);
                MaskFile(step, device, place);
                copied.SkippingOnSuccess(program.Count - afterCopied);
                made.SkippingOnSuccess(program.Count - afterMade);
            }
            else
            {
                var masked = MaskFile(step, device, place).Tolerating(Errno.ENOTDIR, Errno.EINVAL);
                var afterMasked = program.Count;
                var (copied, afterCopied, _, _) = MaskDirectory(step, place, shared);
                copied.SkippingOnSuccess(program.Count - afterCopied);
                masked.SkippingOnSuccess(program.Count - afterMasked);
            }
            found.SkippingOnError(program.Count - after);
        }
    }

    private (ChildSlot Place, ChildStep Found) Find(string path)
    {
        var place = program.NewSlot();
        // EACCES: what the container's root may not reach, nobody in there can.
        return (place, root.Resolve(path, place).Tolerating(Errno.ENOENT, Errno.ENOTDIR, Errno.EACCES));
    }

    /// <summary>
    /// The host's null device, and nothing else: of what an image calls /dev/null, a mask would be a mount of something
    /// else, writable (CVE-2025-31133).
    /// </summary>
    private ChildSlot OpenNullDevice()
    {
        const string step = "/dev/null of the host must be the null device";
        const int STATX_BASIC_STATS = 0x7FF, ofMode = 28, ofDevice = 128;
        var device = program.NewSlot();
        var status = program.Memory(256);
        program.Call(step, SystemCallNumber.openat, AT_FDCWD, program.Text("/dev/null"), (long)(OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC), 0).Into(device);
        program.Call(step, SystemCallNumber.statx, device, program.Text(""), AT_EMPTY_PATH, STATX_BASIC_STATS, status);
        // A character device that its owner may read; major 1 and minor 3, the first below the second in memory.
        program.RequireByte(step, status + ofMode + 1, (S_IFCHR | 0x100) >> 8);
        program.Require(step, status + ofDevice, 3L << 32 | 1);
        return device;
    }

    private ChildStep MaskFile(string step, ChildSlot device, ChildSlot place)
    {
        var tree = program.NewSlot();
        _calls.Copy(step, device, 0, tree);
        return _calls.Attach(step, tree, place);
    }

    /// <summary>All masked directories show the same empty one: the first has it made, the others get copies of the mount.</summary>
    private (ChildStep Copied, int AfterCopied, ChildStep Made, int AfterMade) MaskDirectory(string step, ChildSlot place, ChildSlot shared)
    {
        var first = program.SkipIf(shared, 0);
        var afterFirst = program.Count;
        var copy = program.NewSlot();
        _calls.Copy(step, shared, 0, copy);
        var copied = _calls.Attach(step, copy, place);
        var afterCopied = program.Count;
        first.SkippingOnSuccess(program.Count - afterFirst);

        var context = program.NewSlot();
        _calls.Configure(step, "tmpfs", context);
        _calls.SetOption(step, context, "source", "tmpfs");
        _calls.SetOption(step, context, "nr_blocks", "1");
        _calls.SetOption(step, context, "nr_inodes", "1");
        _calls.SetOption(step, context, "mode", "755");
        _calls.Create(step, context);
        _calls.MakeMount(step, context, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC, shared);
        var made = _calls.Attach(step, shared, place);
        return (copied, afterCopied, made, program.Count);
    }

    /// <summary>What to try first. The kernel's own files are the host's too.</summary>
    private bool IsProbablyDirectory(string path) =>
        Directory.Exists(path.StartsWith("/proc/", StringComparison.Ordinal) || path.StartsWith("/sys/", StringComparison.Ordinal) ? path : plan.RootPath + path);
}
