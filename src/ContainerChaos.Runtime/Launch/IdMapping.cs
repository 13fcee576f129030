using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Writes the id maps of a new user namespace (user_namespaces(7)).</summary>
/// <remarks>
/// Who has CAP_SETUID and CAP_SETGID may map any ids, and writes the maps. An ordinary user may map their own id alone, the group
/// only once setgroups(2) is denied in there; more of them, those that /etc/subuid and /etc/subgid give, are mapped by
/// newuidmap(1) and newgidmap(1), which have the capabilities.
/// </remarks>
internal static class IdMapping
{
    /// <summary>
    /// A new user namespace without maps would have no ids at all: one whose spec gives none gets this user as its root,
    /// as crun has it.
    /// </summary>
    internal static RuntimeSpec Complete(RuntimeSpec spec)
    {
        if (spec.Linux is not { UidMappings.Count: 0, GidMappings.Count: 0 } linux || !linux.Namespaces.Any(n => n is { Type: "user", Path: null or "" }))
            return spec;
        return spec with
        {
            Linux = linux with
            {
                UidMappings = [new IdMappingSpec { ContainerID = 0, HostID = OwnIdentity.User, Size = 1 }],
                GidMappings = [new IdMappingSpec { ContainerID = 0, HostID = OwnIdentity.Group, Size = 1 }],
            },
        };
    }

    /// <summary>Maps the ids of the user namespace that a process is in.</summary>
    /// <exception cref="ContainerException">
    /// <see cref="ErrorReason.PermissionDenied"/>: this user may not map these ids; <see cref="ErrorReason.NotSupported"/>: it takes a program that is missing.
    /// </exception>
    internal static void Write(int pid, IReadOnlyList<IdMappingSpec> users, IReadOnlyList<IdMappingSpec> groups)
    {
        Write("linux.uidMappings", $"/proc/{pid}/uid_map", users, _ => IdMappingProgram.Run("newuidmap", "linux.uidMappings", pid, users));
        Write("linux.gidMappings", $"/proc/{pid}/gid_map", groups, file =>
        {
            if (groups is [{ Size: 1 } own] && own.HostID == OwnIdentity.Group)
            {
                TryWrite($"/proc/{pid}/setgroups", "deny");
                if (TryWrite(file, Text(groups)) is null)
                    return;
            }
            IdMappingProgram.Run("newgidmap", "linux.gidMappings", pid, groups);
        });
    }

    private static void Write(string field, string file, IReadOnlyList<IdMappingSpec> mappings, Action<string> withoutPrivilege)
    {
        if (mappings.Count == 0)
            return;
        if (TryWrite(file, Text(mappings)) is not { } error)
            return;
        if (error.Errno == Errno.EPERM)
        {
            withoutPrivilege(file);
            return;
        }
        throw new ContainerException(ErrorReason.InvalidArgument, $"{field}: {error.Message}.", null, error)
        {
            Errno = error.Errno,
            Remedy = "Ranges may not overlap, and there are at most 340.",
        };
    }

    private static string Text(IReadOnlyList<IdMappingSpec> mappings) => string.Concat(mappings.Select(m => $"{m.ContainerID} {m.HostID} {m.Size}\n"));

    private static ErrnoException? TryWrite(string file, string text)
    {
        try
        {
            using var descriptor = FileDescriptor.Open(file, OpenFlags.O_WRONLY);
            // The kernel takes the whole map in one write.
            descriptor.Write(Encoding.ASCII.GetBytes(text));
            return null;
        }
        catch (ErrnoException e)
        {
            return e;
        }
    }
}
