namespace ContainerChaos.Linux;

/// <summary>A mount that is attached nowhere yet (open_tree(2), fsmount(2)); it goes with the last descriptor of it.</summary>
public static unsafe class DetachedMount
{
    private const nint OPEN_TREE_CLONE = 1, OPEN_TREE_CLOEXEC = 0x80000;
    private const nint MOVE_MOUNT_F_EMPTY_PATH = 4;
    private const ulong MOUNT_ATTR_RDONLY = 1, MOUNT_ATTR_IDMAP = 0x100000, MS_SLAVE = 1 << 19;

    /// <summary>A copy of what is mounted at a path, which receives what is mounted there later but gives nothing back.</summary>
    /// <param name="path">A path of this process's mount namespace.</param>
    /// <param name="recursive">Whether what is mounted below comes along.</param>
    /// <param name="noFollow">Whether a symbolic link is copied itself.</param>
    /// <param name="errno">Why there is none.</param>
    /// <returns>Null when the path can't be copied: ENOENT, EPERM without CAP_SYS_ADMIN, EINVAL when it is unbindable.</returns>
    public static FileDescriptor? TryCopy(string path, bool recursive, bool noFollow, out Errno errno)
    {
        using var native = new NativeString(path);
        nint range = recursive ? NativeConstants.AT_RECURSIVE : 0;
        var flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | range | (noFollow ? NativeConstants.AT_SYMLINK_NOFOLLOW : 0);
        var tree = Libc.SystemCall((nint)SystemCallNumber.open_tree, NativeConstants.AT_FDCWD, native.Address, flags);
        if (tree == -1)
        {
            errno = ErrnoException.Last("open_tree").Errno;
            return null;
        }
        errno = Errno.None;
        var descriptor = new FileDescriptor((int)tree);
        SetAttributes(descriptor, new Attributes { Propagation = MS_SLAVE }, range);
        return descriptor;
    }

    /// <summary>A mount of a file system on a block device, which is in no mount namespace and goes with its last descriptor.</summary>
    /// <param name="type">The file system's type.</param>
    /// <param name="device">The device's node.</param>
    /// <param name="options">Options of the file system without a value.</param>
    /// <exception cref="ErrnoException">EINVAL: the device holds no such file system; ENODEV: the kernel does not know the type; EPERM.</exception>
    public static FileDescriptor Make(string type, string device, params ReadOnlySpan<string> options)
    {
        const nint FSOPEN_CLOEXEC = 1, FSCONFIG_SET_FLAG = 0, FSCONFIG_CMD_CREATE = 6, FSMOUNT_CLOEXEC = 1, MOUNT_ATTR_NODEV = 4;
        using var name = new NativeString(type);
        using var context = new FileDescriptor((int)Libc.Checked("fsopen", type, Libc.SystemCall((nint)SystemCallNumber.fsopen, name.Address, FSOPEN_CLOEXEC)));
        Configure(context, "source", device);
        foreach (var option in options)
        {
            using var flag = new NativeString(option);
            Libc.Checked("fsconfig", option, Libc.SystemCall((nint)SystemCallNumber.fsconfig, context.Number, FSCONFIG_SET_FLAG, flag.Address));
        }

        Libc.Checked("mount", device, Libc.SystemCall((nint)SystemCallNumber.fsconfig, context.Number, FSCONFIG_CMD_CREATE));
        return new FileDescriptor((int)Libc.Checked("fsmount", device, Libc.SystemCall((nint)SystemCallNumber.fsmount, context.Number, FSMOUNT_CLOEXEC, MOUNT_ATTR_NODEV)));
    }

    /// <summary>A copy of what is mounted at a path of another mount namespace, which a thread of its own enters for that.</summary>
    /// <param name="mountNamespace">The namespace's file, <c>/proc/PID/ns/mnt</c>.</param>
    /// <param name="path">The path in there; a symbolic link is not followed.</param>
    /// <param name="errno">Why there is none.</param>
    /// <returns>Null when it can't be copied: ENOENT, EPERM without CAP_SYS_ADMIN in there.</returns>
    public static FileDescriptor? TryCopyFrom(FileDescriptor mountNamespace, string path, out Errno errno)
    {
        const nint CLONE_FS = 0x200, CLONE_NEWNS = 0x20000;
        FileDescriptor? copy = null;
        var why = Errno.None;
        var thread = new Thread(() =>
        {
            using var native = new NativeString(path);
            // setns(2): "A process may not join a new mount namespace if it is sharing filesystem-related attributes … with another process."
            nint tree = -1;
            if (Libc.SystemCall((nint)SystemCallNumber.unshare, CLONE_FS) == 0 && Libc.SystemCall((nint)SystemCallNumber.setns, mountNamespace.Number, CLONE_NEWNS) == 0)
                tree = Libc.SystemCall((nint)SystemCallNumber.open_tree, NativeConstants.AT_FDCWD, native.Address, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | NativeConstants.AT_SYMLINK_NOFOLLOW);
            if (tree == -1)
                why = ErrnoException.Last("open_tree").Errno;
            else
                copy = new FileDescriptor((int)tree);
        });
        thread.Start();
        thread.Join();
        errno = why;
        return copy;
    }

    /// <summary>Maps the owners of a mount's files by a user namespace's maps (mount_setattr(2), MOUNT_ATTR_IDMAP).</summary>
    /// <param name="mount">The detached mount.</param>
    /// <param name="userNamespace">A descriptor of the user namespace.</param>
    /// <param name="recursive">Whether the mounts below it are mapped as well.</param>
    /// <exception cref="ErrnoException">EINVAL: the file system can't do it; EPERM: the mount is mapped already, or the caller lacks CAP_SYS_ADMIN in the file system's user namespace.</exception>
    public static void MapIds(FileDescriptor mount, FileDescriptor userNamespace, bool recursive) =>
        SetAttributes(
            mount, new Attributes { Set = MOUNT_ATTR_IDMAP, UserNamespace = (ulong)userNamespace.Number }, recursive ? NativeConstants.AT_RECURSIVE : 0);

    /// <summary>Attaches a mount to a path (move_mount(2)).</summary>
    /// <param name="mount">The detached mount.</param>
    /// <param name="path">Where, in this thread's mount namespace.</param>
    /// <exception cref="ErrnoException">EPERM: without CAP_SYS_ADMIN; ENOENT.</exception>
    public static void Attach(FileDescriptor mount, string path)
    {
        using var native = new NativeString(path);
        Libc.Checked("move_mount", path, Move(mount, native.Address));
    }

    private static nint Move(FileDescriptor mount, nint path)
    {
        using var empty = new NativeString("");
        return Libc.SystemCall((nint)SystemCallNumber.move_mount, mount.Number, empty.Address, NativeConstants.AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH);
    }

    /// <summary>Makes a mount and those below it read-only (mount_setattr(2), MOUNT_ATTR_RDONLY).</summary>
    /// <param name="mount">The detached mount.</param>
    public static void MakeReadOnly(FileDescriptor mount) => SetAttributes(mount, new Attributes { Set = MOUNT_ATTR_RDONLY }, NativeConstants.AT_RECURSIVE);

    /// <summary>Sets an option of a file system that is being configured (fsconfig(2), FSCONFIG_SET_STRING).</summary>
    /// <param name="context">What fsopen(2) made.</param>
    /// <param name="key">The option.</param>
    /// <param name="value">Its value.</param>
    public static void Configure(FileDescriptor context, string key, string value)
    {
        const nint FSCONFIG_SET_STRING = 1;
        using NativeString nativeKey = new(key), nativeValue = new(value);
        Libc.Checked("fsconfig", key, Libc.SystemCall(
            (nint)SystemCallNumber.fsconfig, context.Number, FSCONFIG_SET_STRING, nativeKey.Address, nativeValue.Address));
    }

    /// <summary>A mount of one device node, on a file system of this process's user namespace, so that the node opens the device in any other one too.</summary>
    /// <param name="mode">The node's type and permissions.</param>
    /// <param name="device">Its number, as makedev(3) makes it.</param>
    /// <param name="user">Its owner.</param>
    /// <param name="group">Its group.</param>
    /// <returns>Null where it can't be made: without CAP_MKNOD or CAP_SYS_ADMIN.</returns>
    public static FileDescriptor? TryMakeDevice(int mode, long device, uint user, uint group)
    {
        const nint FSOPEN_CLOEXEC = 1, FSCONFIG_CMD_CREATE = 6, FSMOUNT_CLOEXEC = 1;
        using NativeString type = new("tmpfs"), name = new("device");
        using var context = TryTake(Libc.SystemCall((nint)SystemCallNumber.fsopen, type.Address, FSOPEN_CLOEXEC));
        if (context is null || Libc.SystemCall((nint)SystemCallNumber.fsconfig, context.Number, FSCONFIG_CMD_CREATE) == -1)
            return null;
        using var mount = TryTake(Libc.SystemCall((nint)SystemCallNumber.fsmount, context.Number, FSMOUNT_CLOEXEC));
        if (mount is null
            || Libc.SystemCall((nint)SystemCallNumber.mknodat, mount.Number, name.Address, mode, (nint)device) == -1
            || Libc.SystemCall((nint)SystemCallNumber.fchownat, mount.Number, name.Address, (nint)user, (nint)group) == -1
            || Libc.SystemCall((nint)SystemCallNumber.fchmodat, mount.Number, name.Address, mode & 0xFFF) == -1)
        {
            return null;
        }
        return TryCopy(mount, name.Address) ?? TryCopyAttached(mount, name.Address);
    }

    private static FileDescriptor? TryCopy(FileDescriptor mount, nint name) =>
        TryTake(Libc.SystemCall((nint)SystemCallNumber.open_tree, mount.Number, name, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC));

    /// <summary>
    /// Before Linux 6.15 only what is attached can be copied. A thread that ends with it gets a mount namespace for that, which
    /// nobody else sees.
    /// </summary>
    private static FileDescriptor? TryCopyAttached(FileDescriptor mount, nint name)
    {
        const nint MS_REC = 0x4000, MS_PRIVATE = 0x40000;
        FileDescriptor? copy = null;
        var thread = new Thread(() =>
        {
            using var root = new NativeString("/");
            if (Libc.SystemCall((nint)SystemCallNumber.unshare, (nint)CloneFlags.CLONE_NEWNS) == 0
                && Libc.SystemCall((nint)SystemCallNumber.mount, 0, root.Address, 0, MS_REC | MS_PRIVATE) == 0
                && Move(mount, root.Address) == 0)
            {
                copy = TryCopy(mount, name);
            }
        });
        thread.Start();
        thread.Join();
        return copy;
    }

    private static FileDescriptor? TryTake(nint descriptor) => descriptor == -1 ? null : new FileDescriptor((int)descriptor);

    private static void SetAttributes(FileDescriptor mount, Attributes attributes, nint range)
    {
        using var empty = new NativeString("");
        Libc.Checked("mount_setattr", null, Libc.SystemCall(
            (nint)SystemCallNumber.mount_setattr, mount.Number, empty.Address, NativeConstants.AT_EMPTY_PATH | range, (nint)(&attributes), sizeof(Attributes)));
    }

    /// <summary><c>struct mount_attr</c> of mount_setattr(2).</summary>
    private struct Attributes
    {
        internal ulong Set;
        internal ulong Clear;
        internal ulong Propagation;
        internal ulong UserNamespace;
    }
}
