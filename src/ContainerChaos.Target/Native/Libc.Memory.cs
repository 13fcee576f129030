using System.Runtime.InteropServices;

namespace ContainerChaos.Target.Native;

internal static unsafe partial class Libc
{
    public const int PROT_NONE = 0;
    public const int PROT_READ = 1;
    public const int PROT_WRITE = 2;
    public const int MAP_SHARED = 1;
    public const int MAP_PRIVATE = 2;
    public const int MAP_ANONYMOUS = 0x20;

    /// <summary>What <see cref="mmap"/> returns when it fails.</summary>
    public static readonly void* MAP_FAILED = (void*)-1;

    [DllImport(Library), SuppressGCTransition]
    public static extern void* mmap(void* address, nuint length, int protection, int flags, int fd, long offset);

    [DllImport(Library), SuppressGCTransition]
    public static extern int munmap(void* address, nuint length);
}
