namespace ContainerChaos.Linux;

/// <summary>Flags of open(2), x86-64.</summary>
[Flags]
public enum OpenFlags
{
#pragma warning disable CS1591 // Documented in open(2).
    O_RDONLY = 0,
    O_WRONLY = 1,
    O_RDWR = 2,
    O_CREAT = 0x40,
    O_EXCL = 0x80,
    O_NOCTTY = 0x100,
    O_TRUNC = 0x200,
    O_APPEND = 0x400,
    O_NONBLOCK = 0x800,
    O_DIRECTORY = 0x10000,
    O_NOFOLLOW = 0x20000,
    O_CLOEXEC = 0x80000,
    O_PATH = 0x200000,
    O_TMPFILE = 0x400000 | O_DIRECTORY,
#pragma warning restore CS1591
}
