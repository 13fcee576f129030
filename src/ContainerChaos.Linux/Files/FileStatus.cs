using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ContainerChaos.Linux;

/// <summary>What statx(2) says about one inode, symbolic links not followed.</summary>
public readonly record struct FileStatus
{
    private const uint STATX_BASIC_STATS = 0x7ff;
    private const ulong STATX_ATTR_MOUNT_ROOT = 0x2000;

    /// <summary>What it is.</summary>
    public FileKind Kind { get; private init; }

    /// <summary>Permission bits with setuid, setgid and sticky (07777).</summary>
    public uint Mode { get; private init; }

    /// <summary>The owner.</summary>
    public uint UserId { get; private init; }

    /// <summary>The group.</summary>
    public uint GroupId { get; private init; }

    /// <summary>How many names it has.</summary>
    public uint Links { get; private init; }

    /// <summary>The inode number; with <see cref="Device"/> it identifies the file.</summary>
    public ulong Inode { get; private init; }

    /// <summary>The file system's device number: major in the upper half, minor in the lower.</summary>
    public ulong Device { get; private init; }

    /// <summary>For a device node, its major number.</summary>
    public uint DeviceMajor { get; private init; }

    /// <summary>For a device node, its minor number.</summary>
    public uint DeviceMinor { get; private init; }

    /// <summary>The size in bytes.</summary>
    public long Size { get; private init; }

    /// <summary>The 512-byte blocks it takes on disk.</summary>
    public long Blocks { get; private init; }

    /// <summary>Modification time, seconds after the epoch.</summary>
    public long ModifiedSeconds { get; private init; }

    /// <summary>Modification time, the nanoseconds on top.</summary>
    public uint ModifiedNanoseconds { get; private init; }

    /// <summary>Whether something is mounted here (Linux 5.8 and later say so).</summary>
    public bool IsMountRoot { get; private init; }

    /// <summary>Reads a path's status.</summary>
    /// <exception cref="ErrnoException">ENOENT and the other errors of statx(2).</exception>
    public static FileStatus Read(string path) =>
        TryRead(FileCalls.AT_FDCWD, path, out var status) is var errno and not Errno.None
            ? throw new ErrnoException(errno, "statx", path)
            : status;

    /// <summary>Reads the status of an open file.</summary>
    public static FileStatus Read(SafeFileHandle handle) =>
        TryRead((int)handle.DangerousGetHandle(), "", out var status, FileCalls.AT_EMPTY_PATH) is var errno and not Errno.None
            ? throw new ErrnoException(errno, "statx")
            : status;

    /// <summary>Reads a path's status; false when nothing is there.</summary>
    /// <exception cref="ErrnoException">Any error but ENOENT and ENOTDIR.</exception>
    public static bool TryRead(string path, out FileStatus status) =>
        TryRead(FileCalls.AT_FDCWD, path, out status) switch
        {
            Errno.None => true,
            Errno.ENOENT or Errno.ENOTDIR => false,
            var errno => throw new ErrnoException(errno, "statx", path),
        };

    /// <summary>Reads the status of what is open.</summary>
    public static FileStatus Read(FileDescriptor descriptor) =>
        TryRead(descriptor.Number, "", out var status, NativeConstants.AT_EMPTY_PATH) is var errno and not Errno.None
            ? throw new ErrnoException(errno, "statx")
            : status;

    internal static unsafe Errno TryRead(int directory, string name, out FileStatus status, int flags = FileCalls.AT_SYMLINK_NOFOLLOW)
    {
        FileCalls.StatX raw;
        if (FileCalls.statx(directory, name, flags, STATX_BASIC_STATS, &raw) != 0)
        {
            status = default;
            return (Errno)Marshal.GetLastPInvokeError();
        }

        status = new FileStatus
        {
            Kind = (raw.Mode & FileCalls.S_IFMT) switch
            {
                FileCalls.S_IFREG => FileKind.Regular,
                FileCalls.S_IFDIR => FileKind.Directory,
                FileCalls.S_IFLNK => FileKind.SymbolicLink,
                FileCalls.S_IFCHR => FileKind.CharacterDevice,
                FileCalls.S_IFBLK => FileKind.BlockDevice,
                FileCalls.S_IFIFO => FileKind.Fifo,
                0xC000 => FileKind.Socket,
                _ => FileKind.Unknown,
            },
            Mode = raw.Mode & 0xFFFu,
            UserId = raw.UserId,
            GroupId = raw.GroupId,
            Links = raw.Links,
            Inode = raw.Inode,
            Device = ((ulong)raw.DeviceMajor << 32) | raw.DeviceMinor,
            DeviceMajor = raw.RdevMajor,
            DeviceMinor = raw.RdevMinor,
            Size = (long)raw.Size,
            Blocks = (long)raw.Blocks,
            ModifiedSeconds = raw.ModificationTime.Seconds,
            ModifiedNanoseconds = raw.ModificationTime.Nanoseconds,
            IsMountRoot = (raw.Attributes & raw.AttributesMask & STATX_ATTR_MOUNT_ROOT) != 0,
        };
        return Errno.None;
    }
}
