namespace ContainerChaos.Linux;

/// <summary>Flags of a mount in another mount namespace, which a thread of its own enters to change them.</summary>
public static unsafe class MountFlags
{
    /// <summary>Makes a mount read-only, or writable again (mount_setattr(2), MOUNT_ATTR_RDONLY): this mount only, not the file system.</summary>
    /// <param name="mountNamespace">The namespace's file, <c>/proc/PID/ns/mnt</c>.</param>
    /// <param name="mountPoint">Where it is mounted in there; a symbolic link is not followed.</param>
    /// <param name="isReadOnly">Whether writing fails with EROFS from here on.</param>
    /// <exception cref="ErrnoException">EBUSY: a file of it is open for writing; EPERM: without CAP_SYS_ADMIN in there; EINVAL: nothing is mounted there.</exception>
    public static void SetReadOnly(FileDescriptor mountNamespace, string mountPoint, bool isReadOnly)
    {
        ArgumentNullException.ThrowIfNull(mountNamespace);
        const nint CLONE_FS = 0x200, CLONE_NEWNS = 0x20000;
        const ulong MOUNT_ATTR_RDONLY = 1;
        ErrnoException? error = null;
        var thread = new Thread(() =>
        {
            using var native = new NativeString(mountPoint);
            var attributes = stackalloc ulong[4];
            new Span<ulong>(attributes, 4).Clear();
            // struct mount_attr: what is set, what is cleared, propagation, user namespace.
            attributes[isReadOnly ? 0 : 1] = MOUNT_ATTR_RDONLY;
            try
            {
                // setns(2): "A process may not join a new mount namespace if it is sharing filesystem-related attributes … with another process."
                Libc.Checked("unshare", null, Libc.SystemCall((nint)SystemCallNumber.unshare, CLONE_FS));
                Libc.Checked("setns", "the mount namespace", Libc.SystemCall((nint)SystemCallNumber.setns, mountNamespace.Number, CLONE_NEWNS));
                Libc.Checked("mount_setattr", mountPoint, Libc.SystemCall(
                    (nint)SystemCallNumber.mount_setattr, NativeConstants.AT_FDCWD, native.Address, NativeConstants.AT_SYMLINK_NOFOLLOW, (nint)attributes, 4 * sizeof(ulong)));
            }
            catch (ErrnoException e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();
        if (error is not null)
            throw error;
    }
}
