using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>How much a set of directories may take on a file system that counts by project (quotactl(2), PRJQUOTA; ioctl_xfs_fsgetxattr(2)).</summary>
public static unsafe class ProjectQuota
{
    private const int PRJQUOTA = 2, Q_GETINFO = 0x800005, Q_GETQUOTA = 0x800007, Q_SETQUOTA = 0x800008, QIF_BLIMITS = 1;
    private const long FS_IOC_FSGETXATTR = 0x801C581F, FS_IOC_FSSETXATTR = 0x401C5820;
    private const uint FS_XFLAG_PROJINHERIT = 0x200;

    /// <summary>Whether the file system of a directory enforces such limits, and this process may set them (Linux 5.14 and later).</summary>
    public static bool IsEnforced(string directory)
    {
        using var descriptor = FileDescriptor.TryOpen(directory, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, out _);
        Span<byte> information = stackalloc byte[64];
        fixed (byte* buffer = information)
            return descriptor is not null && Call(descriptor, Q_GETINFO, 0, buffer) == 0;
    }

    /// <summary>Whether a project has no limit and takes no space, so that nobody has it.</summary>
    public static bool IsFree(string directory, uint project)
    {
        var limits = Read(directory, project);
        return limits is null or { HardBlocks: 0, Space: 0, Inodes: 0 };
    }

    /// <summary>What a project takes, in bytes; 0 for none.</summary>
    public static long ReadUsage(string directory, uint project) => (long)(Read(directory, project)?.Space ?? 0);

    /// <summary>Makes a directory, and what is made in it from now on, a project's.</summary>
    /// <exception cref="ErrnoException">EOPNOTSUPP, ENOTTY: the file system has no projects.</exception>
    public static void Assign(string directory, uint project)
    {
        using var descriptor = FileDescriptor.Open(directory, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        var attributes = default(Attributes);
        Libc.Checked("ioctl FS_IOC_FSGETXATTR", directory, Libc.SystemCall((nint)SystemCallNumber.ioctl, descriptor.Number, unchecked((nint)FS_IOC_FSGETXATTR), (nint)(&attributes)));
        attributes.Flags |= FS_XFLAG_PROJINHERIT;
        attributes.Project = project;
        Libc.Checked("ioctl FS_IOC_FSSETXATTR", directory, Libc.SystemCall((nint)SystemCallNumber.ioctl, descriptor.Number, unchecked((nint)FS_IOC_FSSETXATTR), (nint)(&attributes)));
    }

    /// <summary>Sets a project's limit.</summary>
    /// <param name="directory">A directory of the file system.</param>
    /// <param name="project">The project.</param>
    /// <param name="bytes">The limit, rounded up to a kilobyte; 0 for none.</param>
    public static void SetLimit(string directory, uint project, long bytes)
    {
        using var descriptor = FileDescriptor.Open(directory, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        var blocks = (ulong)((bytes + 1023) / 1024);
        var limits = new Limits { HardBlocks = blocks, SoftBlocks = blocks, Valid = QIF_BLIMITS };
        Libc.Checked("quotactl_fd", directory, Call(descriptor, Q_SETQUOTA, project, &limits));
    }

    private static Limits? Read(string directory, uint project)
    {
        using var descriptor = FileDescriptor.Open(directory, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        var limits = default(Limits);
        return Call(descriptor, Q_GETQUOTA, project, &limits) == 0 ? limits : null;
    }

    private static nint Call(FileDescriptor descriptor, int command, uint project, void* data) =>
        Libc.SystemCall((nint)SystemCallNumber.quotactl_fd, descriptor.Number, (nint)(uint)((command << 8) | PRJQUOTA), (nint)project, (nint)data);

#pragma warning disable CS0649, CS0169 // Fields that stay zero are part of the kernel's layout.
    /// <summary><c>struct fsxattr</c> (linux/fs.h).</summary>
    private struct Attributes
    {
        internal uint Flags;
        internal uint ExtentSize;
        internal uint Extents;
        internal uint Project;
        internal uint CopyExtentSize;
        internal fixed byte Padding[8];
    }

    /// <summary><c>struct if_dqblk</c> (linux/quota.h); blocks are of 1024 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        internal ulong HardBlocks;
        internal ulong SoftBlocks;
        internal ulong Space;
        internal ulong HardInodes;
        internal ulong SoftInodes;
        internal ulong Inodes;
        internal ulong BlockTime;
        internal ulong InodeTime;
        internal uint Valid;
    }
#pragma warning restore CS0649, CS0169
}
