using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>Which namespaces a process is in (namespaces(7)): two processes share one exactly when its inode is the same.</summary>
public static partial class ProcessNamespace
{
    /// <summary>The types this product knows, by their names under <c>/proc/PID/ns</c>.</summary>
    public static IReadOnlyList<string> Types { get; } = ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"];

    /// <summary>Reads the inode of one namespace.</summary>
    /// <param name="pid">The PID.</param>
    /// <param name="type">One of <see cref="Types"/>.</param>
    /// <param name="inode">The inode of the nsfs file.</param>
    /// <returns>
    /// False when the process is gone, may not be looked at, or the kernel lacks the type. A zombie has left all of its
    /// namespaces but pid and user.
    /// </returns>
    public static bool TryReadInode(int pid, string type, out ulong inode)
    {
        Span<byte> name = stackalloc byte[16];
        "ns/"u8.CopyTo(name);
        inode = 0;
        return System.Text.Encoding.UTF8.TryGetBytes(type, name[3..], out var length) && TryReadInode(pid, name[..(3 + length)], out inode);
    }

    /// <summary>Reads the inode of the PID namespace a process is in; it works for zombies.</summary>
    /// <param name="pid">The PID.</param>
    /// <param name="inode">The inode of the nsfs file.</param>
    public static bool TryReadPidNamespace(int pid, out ulong inode) => TryReadInode(pid, "ns/pid"u8, out inode);

    private static unsafe bool TryReadInode(int pid, ReadOnlySpan<byte> name, out ulong inode)
    {
        const uint STATX_INO = 0x100;
        inode = 0;
        Span<byte> path = stackalloc byte[64];
        if (!ProcFile.TryFormatPath(pid, name, path))
            return false;
        FileCalls.StatX status;
        fixed (byte* bytes = path)
        {
            // No AT_SYMLINK_NOFOLLOW: the link leads to the namespace's own inode.
            if (statx(FileCalls.AT_FDCWD, bytes, 0, STATX_INO, &status) != 0)
                return false;
        }

        inode = status.Inode;
        return true;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int statx(int directory, byte* path, int flags, uint mask, FileCalls.StatX* status);
}
