using System.Runtime.InteropServices;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>The file operations that control groups are driven by.</summary>
internal static class CgroupDirectory
{
    /// <summary>Makes a directory and those above it, also when another process removes an empty one in between.</summary>
    internal static void Create(string directory)
    {
        const int attempts = 100;
        for (var attempt = 0; ; attempt++)
        {
            using var native = new NativeString(directory);
            if (Libc.SystemCall((nint)SystemCallNumber.mkdir, native.Address, 0x1ED /* 0755 */) == 0)
                return;
            var errno = (Errno)Marshal.GetLastPInvokeError();
            if (errno == Errno.EEXIST)
                return;
            if (errno != Errno.ENOENT || attempt == attempts)
                throw new ErrnoException(errno, "mkdir", directory);
            Create(Path.GetDirectoryName(directory)!);
        }
    }

    /// <summary>Removes a directory; false when it is in use.</summary>
    internal static bool TryRemove(string directory)
    {
        using var native = new NativeString(directory);
        if (Libc.SystemCall((nint)SystemCallNumber.rmdir, native.Address) == 0)
            return true;
        return (Errno)Marshal.GetLastPInvokeError() is Errno.ENOENT;
    }

    /// <summary>Writes a value in one write(2), as the kernel wants it.</summary>
    internal static void Write(string directory, string file, string value)
    {
        var path = Path.Combine(directory, file);
        using var descriptor = FileDescriptor.Open(path, OpenFlags.O_WRONLY);
        try
        {
            descriptor.Write(Encoding.ASCII.GetBytes(value));
        }
        catch (ErrnoException e)
        {
            throw new ErrnoException(e.Errno, "write", $"'{value}' to {path}");
        }
    }
}
