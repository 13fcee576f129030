namespace ContainerChaos.Linux;

/// <summary>The number that says which file system a path is on (statfs(2), f_type).</summary>
public static unsafe class FileSystemMagic
{
    private const int StatfsSize = 120;

    /// <summary>Reads it; null when the path leads nowhere.</summary>
    public static long? TryRead(string path)
    {
        using var native = new NativeString(path);
        var status = stackalloc byte[StatfsSize];
        // The first field of struct statfs.
        return Libc.Retrying((nint)SystemCallNumber.statfs, native.Address, (nint)status) == 0 ? *(long*)status : null;
    }
}
