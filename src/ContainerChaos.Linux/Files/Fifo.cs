using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>Named pipes (fifo(7)): the standard streams of a container, which outlive the process that reads them.</summary>
public static class Fifo
{
    /// <summary>Makes one at a path, readable and writable by its owner; an existing one is kept.</summary>
    public static void Create(string path)
    {
        using var native = new NativeString(path);
        if (Libc.SystemCall((nint)SystemCallNumber.mknod, native.Address, NativeConstants.S_IFIFO | 0x180 /* 0600 */, 0) == -1
            && Marshal.GetLastPInvokeError() != (int)Errno.EEXIST)
            throw ErrnoException.Last("mkfifo", path);
    }
}
