using System.Runtime.InteropServices;
using ContainerChaos.Linux;

namespace ContainerChaos.Testing;

/// <summary>A tmpfs of a few megabytes, for what happens when a disk is full.</summary>
public sealed partial class SmallDisk : IDisposable
{
    public SmallDisk(string path, int megabytes)
    {
        Path = path;
        Directory.CreateDirectory(path);
        if (mount("tmpfs", path, "tmpfs", 0, $"size={megabytes}m") != 0)
            throw new ErrnoException((Errno)Marshal.GetLastPInvokeError(), "mount", path);
    }

    public string Path { get; }

    /// <summary>Lets mounts below it be seen where it is bound.</summary>
    public void MakeShared()
    {
        const int MS_SHARED = 1 << 20;
        if (mount("none", Path, "none", MS_SHARED, "") != 0)
            throw new ErrnoException((Errno)Marshal.GetLastPInvokeError(), "mount", Path);
    }

    public void Dispose()
    {
        const int MNT_DETACH = 2;
        if (umount2(Path, MNT_DETACH) != 0)
            throw new ErrnoException((Errno)Marshal.GetLastPInvokeError(), "umount2", Path);
    }

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string source, string target, string type, nuint flags, string data);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
