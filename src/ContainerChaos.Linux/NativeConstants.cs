namespace ContainerChaos.Linux;

/// <summary>Constants of the kernel's interface that belong to no single call, by their native names.</summary>
public static class NativeConstants
{
#pragma warning disable CS1591 // Documented in the manual page of the call that takes them.
    public const int AT_FDCWD = -100;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_RECURSIVE = 0x8000;
    public const int AT_EMPTY_PATH = 0x1000;
    public const int S_IFREG = 0x8000;
    public const int S_IFIFO = 0x1000;
    public const int S_IFCHR = 0x2000;
    public const int S_IFBLK = 0x6000;
#pragma warning restore CS1591
}
