using static ContainerChaos.Runtime.MountFlags;

namespace ContainerChaos.Runtime;

/// <summary>The options of a mount that are no file system's own (runtime-spec, config: Linux mount options; mount(8)).</summary>
internal static class MountOptionNames
{
    /// <summary>Flags of one mount or one file system: which, and whether the option takes it away.</summary>
    internal static readonly Dictionary<string, (int Flag, bool Clears)> Flags = new(StringComparer.Ordinal)
    {
        ["defaults"] = (0, false),
        ["ro"] = (MS_RDONLY, false),
        ["rw"] = (MS_RDONLY, true),
        ["nosuid"] = (MS_NOSUID, false),
        ["suid"] = (MS_NOSUID, true),
        ["nodev"] = (MS_NODEV, false),
        ["dev"] = (MS_NODEV, true),
        ["noexec"] = (MS_NOEXEC, false),
        ["exec"] = (MS_NOEXEC, true),
        ["nosymfollow"] = (MS_NOSYMFOLLOW, false),
        ["symfollow"] = (MS_NOSYMFOLLOW, true),
        ["noatime"] = (MS_NOATIME, false),
        ["atime"] = (MS_NOATIME, true),
        ["nodiratime"] = (MS_NODIRATIME, false),
        ["diratime"] = (MS_NODIRATIME, true),
        ["relatime"] = (MS_RELATIME, false),
        ["norelatime"] = (MS_RELATIME, true),
        ["strictatime"] = (MS_STRICTATIME, false),
        ["nostrictatime"] = (MS_STRICTATIME, true),
        ["sync"] = (MS_SYNCHRONOUS, false),
        ["async"] = (MS_SYNCHRONOUS, true),
        ["dirsync"] = (MS_DIRSYNC, false),
        ["mand"] = (MS_MANDLOCK, false),
        ["nomand"] = (MS_MANDLOCK, true),
        ["lazytime"] = (MS_LAZYTIME, false),
        ["nolazytime"] = (MS_LAZYTIME, true),
        ["iversion"] = (MS_I_VERSION, false),
        ["noiversion"] = (MS_I_VERSION, true),
        ["silent"] = (MS_SILENT, false),
        ["loud"] = (MS_SILENT, true),
        ["bind"] = (MS_BIND, false),
        ["rbind"] = (MS_BIND | MS_REC, false),
        ["remount"] = (MS_REMOUNT, false),
    };

    /// <summary>Flags of a mount and of all below it (mount_setattr(2), AT_RECURSIVE).</summary>
    internal static readonly Dictionary<string, (ulong Attribute, bool Clears)> Recursive = new(StringComparer.Ordinal)
    {
        ["rro"] = (MOUNT_ATTR_RDONLY, false),
        ["rrw"] = (MOUNT_ATTR_RDONLY, true),
        ["rnosuid"] = (MOUNT_ATTR_NOSUID, false),
        ["rsuid"] = (MOUNT_ATTR_NOSUID, true),
        ["rnodev"] = (MOUNT_ATTR_NODEV, false),
        ["rdev"] = (MOUNT_ATTR_NODEV, true),
        ["rnoexec"] = (MOUNT_ATTR_NOEXEC, false),
        ["rexec"] = (MOUNT_ATTR_NOEXEC, true),
        ["rnosymfollow"] = (MOUNT_ATTR_NOSYMFOLLOW, false),
        ["rsymfollow"] = (MOUNT_ATTR_NOSYMFOLLOW, true),
        ["rnodiratime"] = (MOUNT_ATTR_NODIRATIME, false),
        ["rdiratime"] = (MOUNT_ATTR_NODIRATIME, true),
        ["rnoatime"] = (MOUNT_ATTR_NOATIME, false),
        ["ratime"] = (MOUNT_ATTR_NOATIME, true),
        ["rrelatime"] = (MOUNT_ATTR_RELATIME, false),
        ["rnorelatime"] = (MOUNT_ATTR_RELATIME, true),
        ["rstrictatime"] = (MOUNT_ATTR_STRICTATIME, false),
        ["rnostrictatime"] = (MOUNT_ATTR_STRICTATIME, true),
    };

    /// <summary>Propagation (mount_namespaces(7), Shared subtrees).</summary>
    internal static readonly Dictionary<string, MountPropagation> Propagations = new(StringComparer.Ordinal)
    {
        ["private"] = new(MS_PRIVATE, false),
        ["rprivate"] = new(MS_PRIVATE, true),
        ["slave"] = new(MS_SLAVE, false),
        ["rslave"] = new(MS_SLAVE, true),
        ["shared"] = new(MS_SHARED, false),
        ["rshared"] = new(MS_SHARED, true),
        ["unbindable"] = new(MS_UNBINDABLE, false),
        ["runbindable"] = new(MS_UNBINDABLE, true),
    };

    /// <summary>What a runtime does itself, by the names that runc and crun gave it.</summary>
    internal static readonly string[] Extensions = ["tmpcopyup", "idmap", "ridmap", "copy-symlink", "src-nofollow", "dest-nofollow"];

    /// <summary>All of them, sorted: what <c>features</c> reports.</summary>
    internal static IReadOnlyList<string> All =>
        [.. Flags.Keys.Concat(Recursive.Keys).Concat(Propagations.Keys).Concat(Extensions).Order(StringComparer.Ordinal)];
}
