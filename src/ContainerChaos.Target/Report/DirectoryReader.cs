using System.Text;
using ContainerChaos.Target.Native;

namespace ContainerChaos.Target.Report;

/// <summary>The entries of a directory by getdents64(2), "." and ".." left out.</summary>
internal static unsafe class DirectoryReader
{
    /// <summary>Calls back with each name and its type (DT_*).</summary>
    /// <returns>0 or the error number.</returns>
    public static int Read(string path, Action<string, byte> entry)
    {
        using var native = new NativeString(path);
        int fd = Libc.open(native, Libc.O_RDONLY | Libc.O_DIRECTORY | Libc.O_CLOEXEC, 0);
        if (fd < 0) return Libc.Errno;
        const int Size = 16 * 1024;
        byte* buffer = stackalloc byte[Size];
        nint count;
        while ((count = Libc.getdents64(fd, buffer, Size)) > 0)
        {
            for (byte* at = buffer; at < buffer + count;)
            {
                // struct linux_dirent64: inode 8, offset 8, record length 2, type 1, name.
                int length = *(ushort*)(at + 16);
                byte type = at[18];
                ReadOnlySpan<byte> name = System.Runtime.InteropServices.MemoryMarshal.CreateReadOnlySpanFromNullTerminated(at + 19);
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) entry(Encoding.UTF8.GetString(name), type);
                at += length;
            }
        }

        int error = count < 0 ? Libc.Errno : 0;
        Libc.close(fd);
        return error;
    }
}
