using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>
/// Maps the owners of a mount's files (mount_setattr(2), MOUNT_ATTR_IDMAP). Only who has power over the file system may do
/// that, so the parent does it for the child, on the child's descriptor.
/// </summary>
internal static class IdMappedMounts
{
    /// <summary>Appends the mapping of a detached mount; nothing when none is asked for.</summary>
    /// <exception cref="ContainerException">The mapping is incomplete or written wrongly.</exception>
    internal static void Map(ChildProgram program, MountEntry entry, LinuxSpec linux, ChildSlot mount)
    {
        var options = entry.Options;
        var (users, groups) = Mappings(entry, linux);
        if (users.Count == 0 && groups.Count == 0 && options.IdMap is null)
            return;
        var isOwn = users.Count == 0 && groups.Count == 0;
        if (isOwn && !linux.Namespaces.Any(n => n.Type == "user"))
            throw entry.Invalid("options", "an id-mapped mount needs uidMappings and gidMappings, or a user namespace whose mappings it takes over.");
        if (!isOwn && (users.Count == 0 || groups.Count == 0))
            throw entry.Invalid(users.Count == 0 ? "uidMappings" : "gidMappings", "id-mapped mounts must have both uid and gid mappings specified.");

        program.Ask($"map the ids of {entry.Destination}", (child, values) =>
        {
            try
            {
                using var tree = child.OpenDescriptor(values[0]);
                using var userNamespace = isOwn ? FileDescriptor.Open($"/proc/{child.Pid}/ns/user", OpenFlags.O_RDONLY) : MakeUserNamespace(users, groups);
                DetachedMount.MapIds(tree, userNamespace, options.IsIdMapRecursive);
            }
            catch (ErrnoException e)
            {
                throw new ContainerException(
                    ErrorReason.StartFailed, $"mounts[{entry.Index}]: map the ids of {entry.Destination}: {e.Message}", entry.Destination, e)
                {
                    Errno = e.Errno,
                    Remedy = e.Errno == Errno.EINVAL ? "The file system may not support id-mapped mounts on this kernel." : "Id-mapped mounts need root.",
                };
            }
        }, mount);
    }

    private static (IReadOnlyList<IdMappingSpec> Users, IReadOnlyList<IdMappingSpec> Groups) Mappings(MountEntry entry, LinuxSpec linux)
    {
        if (entry.Options.IdMap is not { Length: > 0 } text || entry.Spec.UidMappings.Count > 0 || entry.Spec.GidMappings.Count > 0)
            return (entry.Spec.UidMappings, entry.Spec.GidMappings);
        IReadOnlyList<IdMappingSpec> users = [], groups = [];
        foreach (var part in text.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            switch (part.Split('=', 2))
            {
                case ["uids", var ranges]:
                    users = IdRanges.Parse(entry, ranges, linux.UidMappings);
                    break;
                case ["gids", var ranges]:
                    groups = IdRanges.Parse(entry, ranges, linux.GidMappings);
                    break;
                default:
                    throw entry.Invalid("options", $"'{part}' is not uids=RANGES or gids=RANGES.");
            }
        }
        return (users, groups);
    }

    /// <summary>A user namespace without a process: one that does nothing is born in it, and ends when the maps are written.</summary>
    private static FileDescriptor MakeUserNamespace(IReadOnlyList<IdMappingSpec> users, IReadOnlyList<IdMappingSpec> groups)
    {
        using var program = new ChildProgram();
        ChildSlot wait = program.NewSlot(), end = program.NewSlot();
        program.Call("close the pipe's other end", SystemCallNumber.close, end);
        program.Call("wait for the maps", SystemCallNumber.read, wait, program.Memory(1), 1);
        program.Call("end", SystemCallNumber.exit_group, 0);
        var (read, write) = FileDescriptor.Pipe();
        using (read)
        using (write)
        {
            using var child = program.Start(CloneFlags.CLONE_NEWUSER, null, (wait, read.Number), (end, write.Number));
            using var process = child.Process;
            try
            {
                IdMapping.Write(child.Pid, users, groups);
                return FileDescriptor.Open($"/proc/{child.Pid}/ns/user", OpenFlags.O_RDONLY);
            }
            finally
            {
                write.Dispose();
                process.WaitForExit();
            }
        }
    }
}
