using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary>The control group that this process is in, around which an ordinary user's part of the hierarchy is.</summary>
internal static class OwnGroup
{
    /// <summary>The path of a group for an ordinary user's container: beside the own one, which has processes.</summary>
    internal static string Beside(string name) => ReadPath() is { } own ? $"{Path.GetDirectoryName(own)?.TrimEnd('/')}/{name}" : "/" + name;

    /// <summary>
    /// What to do where the own group is what is delegated: it can't pass controllers on while it has processes (cgroup-v2.rst, No
    /// Internal Process Constraint). Null where it is not.
    /// </summary>
    internal static string? Advice()
    {
        if (ReadPath() is not { } own)
            return null;
        using var control = FileDescriptor.TryOpen($"{CgroupHost.Current.UnifiedMountPoint}{own}/cgroup.subtree_control", OpenFlags.O_WRONLY, 0, out _);
        return control is null ? null : $"{own} is delegated to this user, but has processes of its own: move them into a group below it, and run the command from there.";
    }

    /// <summary>The version 2 path, where there is no other version.</summary>
    private static string? ReadPath() => CgroupHost.Current.Mode == CgroupMode.V2 ? CgroupHost.OwnUnifiedPath : null;
}
