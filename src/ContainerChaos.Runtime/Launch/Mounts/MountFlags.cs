namespace ContainerChaos.Runtime;

/// <summary>Flags of mount(2), mount_setattr(2) and the calls around them, by their native names.</summary>
internal static class MountFlags
{
    // mount(2)
    internal const int MS_RDONLY = 1, MS_NOSUID = 2, MS_NODEV = 4, MS_NOEXEC = 8, MS_SYNCHRONOUS = 0x10, MS_REMOUNT = 0x20, MS_MANDLOCK = 0x40,
        MS_DIRSYNC = 0x80, MS_NOSYMFOLLOW = 0x100, MS_NOATIME = 0x400, MS_NODIRATIME = 0x800, MS_BIND = 0x1000, MS_MOVE = 0x2000, MS_REC = 0x4000,
        MS_SILENT = 0x8000, MS_UNBINDABLE = 0x20000, MS_PRIVATE = 0x40000, MS_SLAVE = 0x80000, MS_SHARED = 0x100000, MS_RELATIME = 0x200000,
        MS_I_VERSION = 0x800000, MS_STRICTATIME = 0x1000000, MS_LAZYTIME = 0x2000000;

    /// <summary>What belongs to a mount and says when access times are written.</summary>
    internal const int AccessTimes = MS_NOATIME | MS_NODIRATIME | MS_RELATIME | MS_STRICTATIME;

    // mount_setattr(2)
    internal const ulong MOUNT_ATTR_RDONLY = 0x1, MOUNT_ATTR_NOSUID = 0x2, MOUNT_ATTR_NODEV = 0x4, MOUNT_ATTR_NOEXEC = 0x8, MOUNT_ATTR__ATIME = 0x70,
        MOUNT_ATTR_RELATIME = 0, MOUNT_ATTR_NOATIME = 0x10, MOUNT_ATTR_STRICTATIME = 0x20, MOUNT_ATTR_NODIRATIME = 0x80, MOUNT_ATTR_NOSYMFOLLOW = 0x200000;

    // umount2(2), open_tree(2), move_mount(2), fsopen(2), fsconfig(2), fsmount(2)
    internal const int MNT_DETACH = 2;
    internal const long OPEN_TREE_CLONE = 1, OPEN_TREE_CLOEXEC = 0x80000;
    internal const long MOVE_MOUNT_F_EMPTY_PATH = 4, MOVE_MOUNT_T_EMPTY_PATH = 0x40;
    internal const long FSOPEN_CLOEXEC = 1, FSMOUNT_CLOEXEC = 1;
    internal const long FSCONFIG_SET_FLAG = 0, FSCONFIG_SET_STRING = 1, FSCONFIG_CMD_CREATE = 6;

    // statfs(2), linux/magic.h
    internal const long PROC_SUPER_MAGIC = 0x9FA0, SYSFS_MAGIC = 0x62656572, DEVPTS_SUPER_MAGIC = 0x1CD1;
}
