namespace ContainerChaos.Runtime;

/// <summary>Whose a container's group is (runtime-spec, config-linux: Cgroup ownership).</summary>
internal static class CgroupOwner
{
    /// <summary>
    /// The host's user that the container's first process has, when the container is to manage its group itself: it has a cgroup
    /// namespace of its own, and the group's files are mounted writable. Otherwise null, and the group stays the runtime's.
    /// </summary>
    internal static uint? Of(RuntimeSpec spec)
    {
        var linux = spec.Linux ?? new LinuxSpec();
        var hasNamespace = linux.Namespaces.Any(ns => ns.Type == "cgroup" && string.IsNullOrEmpty(ns.Path));
        var isWritable = spec.Mounts.Any(mount =>
            mount is { Type: "cgroup" or "cgroup2", Destination: "/sys/fs/cgroup" } && !mount.Options.Contains("ro"));
        if (!hasNamespace || !isWritable)
            return null;
        var user = spec.Process?.User.Uid ?? 0;
        if (!linux.Namespaces.Any(ns => ns.Type == "user"))
            return user == 0 ? null : user;
        foreach (var mapping in linux.UidMappings)
        {
            if (user >= mapping.ContainerID && user - mapping.ContainerID < mapping.Size)
                return (uint)(mapping.HostID + (user - mapping.ContainerID));
        }
        return null;
    }
}
