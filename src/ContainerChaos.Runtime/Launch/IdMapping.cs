using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>Writes the id maps of a new user namespace (user_namespaces(7)).</summary>
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
    /// <exception cref="ContainerException"><see cref="ErrorReason.PermissionDenied"/>: this user may not map these ids.</exception>
    internal static void Write(int pid, IReadOnlyList<IdMappingSpec> users, IReadOnlyList<IdMappingSpec> groups)
    {
        try
        {
            if (users.Count > 0)
                Write($"/proc/{pid}/uid_map", users);
            if (groups.Count > 0)
                Write($"/proc/{pid}/gid_map", groups);
        }
        catch (ErrnoException e)
        {
            throw new ContainerException(ErrorReason.PermissionDenied, $"linux.uidMappings, linux.gidMappings: {e.Message}.", null, e)
            {
                Errno = e.Errno,
                Remedy = "Map ids that this user owns or that /etc/subuid and /etc/subgid give it; ranges may not overlap.",
            };
        }
    }

    private static void Write(string file, IReadOnlyList<IdMappingSpec> mappings)
    {
        var text = string.Concat(mappings.Select(m => $"{m.ContainerID} {m.HostID} {m.Size}\n"));
        using var descriptor = FileDescriptor.Open(file, OpenFlags.O_WRONLY);
        // The kernel takes the whole map in one write.
        descriptor.Write(Encoding.ASCII.GetBytes(text));
    }
}
