using System.Runtime.InteropServices;

namespace ContainerChaos.Benchmarks;

/// <summary>What the kernel keeps of files in memory.</summary>
internal static partial class PageCache
{
    /// <summary>Drops a file's pages, but for those that a running process has mapped (posix_fadvise(2)).</summary>
    public static void Evict(string path)
    {
        const int POSIX_FADV_DONTNEED = 4;
        using var file = File.OpenHandle(path);
        if (Advise(file.DangerousGetHandle().ToInt32(), 0, 0, POSIX_FADV_DONTNEED) is not 0 and var errno)
        {
            throw new InvalidOperationException($"posix_fadvise {path}: errno {errno}");
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(int descriptor, long offset, long length, int advice);
}
