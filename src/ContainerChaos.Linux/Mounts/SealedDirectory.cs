namespace ContainerChaos.Linux;

/// <summary>A directory that nobody can change by its path: a read-only copy of its mount lies over it. What is open already is not concerned.</summary>
public static unsafe class SealedDirectory
{
    private const int MNT_DETACH = 2;

    /// <summary>Lays the copy over it.</summary>
    /// <param name="path">The directory, in this process's mount namespace.</param>
    /// <exception cref="ErrnoException">EPERM: without CAP_SYS_ADMIN; ENOENT.</exception>
    public static void Seal(string path)
    {
        using var copy = DetachedMount.TryCopy(path, recursive: true, noFollow: true, out var errno) ?? throw new ErrnoException(errno, "open_tree", path);
        DetachedMount.MakeReadOnly(copy);
        DetachedMount.Attach(copy, path);
    }

    /// <summary>Takes it away again; a directory without one is left alone.</summary>
    /// <exception cref="ErrnoException">EPERM: without CAP_SYS_ADMIN.</exception>
    public static void Unseal(string path)
    {
        if (!IsSealed(path))
            return;
        using var native = new NativeString(path);
        Libc.Checked("umount2", path, Libc.SystemCall((nint)SystemCallNumber.umount2, native.Address, MNT_DETACH));
    }

    /// <summary>Whether something read-only is mounted there.</summary>
    public static bool IsSealed(string path) => MountInfo.ReadSelf().Any(mount => mount.MountPoint == path && mount.IsReadOnly);
}
