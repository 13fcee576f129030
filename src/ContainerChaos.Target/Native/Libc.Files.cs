using System.Runtime.InteropServices;

namespace ContainerChaos.Target.Native;

internal static unsafe partial class Libc
{
    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_CREAT = 0x40;
    public const int O_TRUNC = 0x200;
    public const int O_APPEND = 0x400;
    public const int O_DIRECTORY = 0x10000;
    public const int O_CLOEXEC = 0x80000;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const int EFD_CLOEXEC = 0x80000;
    public const int AT_FDCWD = -100;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_REMOVEDIR = 0x200;
    public const uint STATX_BASIC_STATS = 0x7ff;

    [DllImport(Library)]
    public static extern int open(byte* path, int flags, uint mode);

    [DllImport(Library)]
    public static extern nint read(int fd, byte* buffer, nuint count);

    [DllImport(Library)]
    public static extern nint write(int fd, byte* buffer, nuint count);

    [DllImport(Library), SuppressGCTransition]
    public static extern int close(int fd);

    [DllImport(Library), SuppressGCTransition]
    public static extern int close_range(uint first, uint last, int flags);

    [DllImport(Library), SuppressGCTransition]
    public static extern int fcntl(int fd, int command, nint argument);

    [DllImport(Library), SuppressGCTransition]
    public static extern int eventfd(uint initial, int flags);

    [DllImport(Library)]
    public static extern int unlinkat(int directory, byte* path, int flags);

    [DllImport(Library)]
    public static extern int mkdirat(int directory, byte* path, uint mode);

    [DllImport(Library)]
    public static extern nint readlink(byte* path, byte* buffer, nuint size);

    [DllImport(Library)]
    public static extern int statx(int directory, byte* path, int flags, uint mask, Statx* result);

    [DllImport(Library)]
    public static extern nint getdents64(int fd, byte* buffer, nuint size);

    [DllImport(Library)]
    public static extern int gethostname(byte* name, nuint size);
}
