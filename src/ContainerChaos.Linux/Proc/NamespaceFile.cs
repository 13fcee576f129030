namespace ContainerChaos.Linux;

/// <summary>A namespace that is held open (ioctl_ns(2)).</summary>
public sealed class NamespaceFile : FileDescriptor
{
    private const int NS_GET_USERNS = 0xB701, NS_GET_NSTYPE = 0xB703;

    private NamespaceFile(int descriptor)
        : base(descriptor)
    {
    }

    /// <summary>Opens a namespace by a path such as <c>/proc/PID/ns/net</c>.</summary>
    /// <exception cref="ErrnoException">It can't be opened.</exception>
    public static unsafe NamespaceFile Open(string path)
    {
        using var native = new NativeString(path);
        return new NamespaceFile((int)Libc.Checked(
            "open", path, Libc.Retrying((nint)SystemCallNumber.openat, NativeConstants.AT_FDCWD, native.Address, (nint)OpenFlags.O_CLOEXEC, 0)));
    }

    /// <summary>The namespace's type as clone(2) names it; null when the file is no namespace.</summary>
    public CloneFlags? Type
    {
        get
        {
            var type = Libc.SystemCall((nint)SystemCallNumber.ioctl, Number, NS_GET_NSTYPE);
            return type == -1 ? null : (CloneFlags)type;
        }
    }

    /// <summary>The inode of the user namespace that owns this one; null when it is outside of this process's own.</summary>
    public ulong? OwnerInode
    {
        get
        {
            var owner = Libc.SystemCall((nint)SystemCallNumber.ioctl, Number, NS_GET_USERNS);
            if (owner == -1)
                return null;
            using var descriptor = new FileDescriptor((int)owner);
            return FileStatus.Read(descriptor).Inode;
        }
    }

    /// <summary>What identifies the namespace.</summary>
    public ulong Inode => FileStatus.Read(this).Inode;
}
