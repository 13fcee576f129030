using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ContainerChaos.Linux;

/// <summary>
/// A directory held open by descriptor. Names given to its methods are single components, never followed when they
/// are symbolic links, so that whoever renames or links around it meanwhile can't lead a write somewhere else.
/// </summary>
public sealed class UnixDirectory : IDisposable
{
    private static readonly EnumerationOptions AllEntries = new() { AttributesToSkip = 0, IgnoreInaccessible = false, ReturnSpecialDirectories = false };

    private readonly SafeFileHandle _handle;
    private readonly string _path;

    private UnixDirectory(SafeFileHandle handle, string path)
    {
        _handle = handle;
        _path = path;
    }

    /// <summary>Opens a directory by path.</summary>
    /// <exception cref="ErrnoException">ENOENT, ENOTDIR, EACCES.</exception>
    public static UnixDirectory Open(string path)
    {
        var descriptor = FileCalls.open(path, FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC, 0);
        return descriptor < 0
            ? throw ErrnoException.Last("open", path)
            : new UnixDirectory(new SafeFileHandle(descriptor, ownsHandle: true), path);
    }

    /// <summary>Opens the directory that a descriptor is open on, whatever it may be used for.</summary>
    /// <param name="descriptor">The descriptor; it stays the caller's.</param>
    /// <param name="path">What error messages call the directory.</param>
    public static UnixDirectory Open(FileDescriptor descriptor, string path)
    {
        var copy = FileCalls.open($"/proc/self/fd/{descriptor.Number}", FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_CLOEXEC, 0);
        return copy < 0 ? throw ErrnoException.Last("open", path) : new UnixDirectory(new SafeFileHandle(copy, ownsHandle: true), path);
    }

    /// <summary>A descriptor of this directory, to be given to somebody else.</summary>
    public FileDescriptor Duplicate() => FileDescriptor.Duplicate((int)_handle.DangerousGetHandle());

    /// <summary>What this directory is.</summary>
    public FileStatus Status => FileStatus.Read(_handle);

    /// <summary>The file system that it is on, by its number in statfs(2).</summary>
    public long FileSystem => FileSystemMagic.TryRead(Pinned("")) ?? 0;

    /// <summary>The names in this directory.</summary>
    public IEnumerable<string> Names => new DirectoryInfo(Pinned("")).EnumerateFileSystemInfos("*", AllEntries).Select(entry => entry.Name);

    /// <summary>
    /// Opens a directory below this one as a process would that is chrooted here: absolute symbolic links and <c>..</c>
    /// resolve inside (openat2(2), RESOLVE_IN_ROOT). Null when there is none.
    /// </summary>
    /// <param name="relativePath">The path, with <c>/</c> between components; empty for this directory.</param>
    /// <exception cref="ErrnoException">ENOTDIR, ELOOP and the other errors of openat2(2), except ENOENT.</exception>
    public UnixDirectory? TryOpenInRoot(string relativePath) =>
        TryOpen(relativePath, FileCalls.O_PATH | FileCalls.O_DIRECTORY) is { } handle
            ? new UnixDirectory(handle, Full(relativePath))
            : null;

    /// <summary>Opens a file below this directory for reading, resolved as in <see cref="TryOpenInRoot"/>; null when there is none.</summary>
    /// <param name="relativePath">The path, with <c>/</c> between components.</param>
    /// <exception cref="ErrnoException">The errors of openat2(2), except ENOENT.</exception>
    // O_NONBLOCK: a FIFO in its place must not hang the caller.
    public SafeFileHandle? TryOpenFileInRoot(string relativePath) => TryOpen(relativePath, FileCalls.O_RDONLY | FileCalls.O_NONBLOCK);

    /// <summary>
    /// Opens a regular file below this directory for reading, resolved as in <see cref="TryOpenInRoot"/>; null when there is none, or something
    /// else, which is not opened: a device or a FIFO would notice.
    /// </summary>
    /// <param name="relativePath">The path, with <c>/</c> between components.</param>
    /// <exception cref="ErrnoException">The errors of openat2(2), except ENOENT.</exception>
    public SafeFileHandle? TryOpenRegularFileInRoot(string relativePath)
    {
        using var pinned = TryOpen(relativePath, FileCalls.O_PATH) is { } handle ? new PinnedFile(handle, Full(relativePath)) : null;
        return pinned is { Status.Kind: FileKind.Regular } ? pinned.OpenForReading() : null;
    }

    /// <summary>Opens an entry that is a directory; null when there is none, or something else: a symbolic link is not followed.</summary>
    public UnixDirectory? TryOpenDirectory(string name) => TryOpenEntry(name, FileCalls.O_PATH | FileCalls.O_DIRECTORY | FileCalls.O_NOFOLLOW) is { } handle
        ? new UnixDirectory(handle, Full(name))
        : null;

    /// <summary>Holds an entry itself, whatever it is, without opening it; null when there is none.</summary>
    public PinnedFile? TryPin(string name) => TryOpenEntry(name, FileCalls.O_PATH | FileCalls.O_NOFOLLOW) is { } handle ? new PinnedFile(handle, Full(name)) : null;

    /// <summary>The status of an entry; null when there is none.</summary>
    public FileStatus? TryStat(string name) =>
        FileStatus.TryRead((int)_handle.DangerousGetHandle(), name, out var status) switch
        {
            Errno.None => status,
            Errno.ENOENT => null,
            var errno => throw new ErrnoException(errno, "statx", Full(name)),
        };

    /// <summary>Creates a regular file that must not exist, mode 0600 until <see cref="SetMode"/>.</summary>
    public SafeFileHandle CreateFile(string name)
    {
        var descriptor = FileCalls.openat(
            _handle, name, FileCalls.O_WRONLY | FileCalls.O_CREAT | FileCalls.O_EXCL | FileCalls.O_NOFOLLOW | FileCalls.O_CLOEXEC, 0x180);
        return descriptor < 0 ? throw ErrnoException.Last("openat", Full(name)) : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Creates a regular file without a name: it is gone with its last descriptor (open(2), O_TMPFILE).</summary>
    /// <exception cref="ErrnoException">EOPNOTSUPP: the file system has none (an overlay before Linux 6.3).</exception>
    public FileDescriptor CreateUnnamedFile() => FileDescriptor.Open(Pinned(""), OpenFlags.O_TMPFILE | OpenFlags.O_RDWR, 0x180 /* 0600 */);

    /// <summary>Creates a directory, mode 0755 less the umask until <see cref="SetMode"/>.</summary>
    public void CreateDirectory(string name) => Check(FileCalls.mkdirat(_handle, name, 0x1ED), "mkdirat", name);

    /// <summary>Creates a symbolic link; the target is stored as it is.</summary>
    public void CreateSymbolicLink(string name, string target) => Check(FileCalls.symlinkat(target, _handle, name), "symlinkat", name);

    /// <summary>Where a symbolic link leads, as it is stored.</summary>
    public string ReadSymbolicLink(string name) => new FileInfo(Pinned(name)).LinkTarget ?? throw new ErrnoException(Errno.EINVAL, "readlink", Full(name));

    /// <summary>The extended attributes of an entry itself.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> ReadExtendedAttributes(string name) => ExtendedAttributes.Read(Pinned(name));

    /// <summary>Gives an existing file of another directory a second name here.</summary>
    public void CreateHardLink(string name, UnixDirectory targetDirectory, string targetName) =>
        Check(FileCalls.linkat(targetDirectory._handle, targetName, _handle, name, 0), "linkat", name);

    /// <summary>Moves an entry to another directory of the same file system (renameat2(2), RENAME_NOREPLACE).</summary>
    /// <returns>False when the other directory has that name already; nothing has changed then.</returns>
    /// <exception cref="ErrnoException">Every error but EEXIST.</exception>
    public bool TryMove(string name, UnixDirectory target, string targetName)
    {
        const uint RENAME_NOREPLACE = 1;
        if (FileCalls.renameat2(_handle, name, target._handle, targetName, RENAME_NOREPLACE) == 0)
            return true;
        return (Errno)Marshal.GetLastPInvokeError() == Errno.EEXIST ? false : throw ErrnoException.Last("renameat2", Full(name));
    }

    /// <summary>Creates a device node or a FIFO.</summary>
    /// <exception cref="ErrnoException">EPERM for a device without CAP_MKNOD.</exception>
    public void CreateNode(string name, FileKind kind, uint major, uint minor)
    {
        var type = kind switch
        {
            FileKind.CharacterDevice => FileCalls.S_IFCHR,
            FileKind.BlockDevice => FileCalls.S_IFBLK,
            FileKind.Fifo => FileCalls.S_IFIFO,
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Only device nodes and FIFOs are made by mknod."),
        };
        // makedev(3), glibc: 12 bits of major and 8 of minor in the lower half, the rest above.
        var device = ((ulong)(major & 0xFFFFF000) << 32) | ((ulong)(major & 0xFFF) << 8) | ((ulong)(minor & 0xFFFFFF00) << 12) | (minor & 0xFF);
        Check(FileCalls.mknodat(_handle, name, type | 0x180, device), "mknodat", name);
    }

    /// <summary>Removes an entry that is no directory, or an empty directory.</summary>
    public void Remove(string name, bool isDirectory) =>
        Check(FileCalls.unlinkat(_handle, name, isDirectory ? FileCalls.AT_REMOVEDIR : 0), "unlinkat", name);

    /// <summary>Sets owner and group of an entry itself. The kernel clears setuid bits and file capabilities, so this comes before them.</summary>
    public void SetOwner(string name, uint user, uint group) =>
        Check(FileCalls.fchownat(_handle, name, user, group, FileCalls.AT_SYMLINK_NOFOLLOW), "fchownat", name);

    /// <summary>Sets the permission bits of an entry that is no symbolic link.</summary>
    public void SetMode(string name, uint mode) => Check(FileCalls.fchmodat(_handle, name, mode, 0), "fchmodat", name);

    /// <summary>Sets the modification time of an entry itself, and the access time with it.</summary>
    public unsafe void SetModificationTime(string name, long seconds, uint nanoseconds)
    {
        var times = stackalloc FileCalls.TimeSpec[2];
        times[0] = times[1] = new FileCalls.TimeSpec { Seconds = seconds, Nanoseconds = nanoseconds };
        Check(FileCalls.utimensat(_handle, name, times, FileCalls.AT_SYMLINK_NOFOLLOW), "utimensat", name);
    }

    /// <summary>Sets an extended attribute of an entry itself.</summary>
    public unsafe void SetExtendedAttribute(string name, string attribute, ReadOnlySpan<byte> value)
    {
        // There is no setxattrat before Linux 6.13; the directory's own link in /proc pins it just as well.
        fixed (byte* bytes = value)
            Check(FileCalls.lsetxattr(Pinned(name), attribute, bytes, (nuint)value.Length, 0), "lsetxattr", name);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private SafeFileHandle? TryOpenEntry(string name, int flags)
    {
        var descriptor = FileCalls.openat(_handle, name, flags | FileCalls.O_CLOEXEC, 0);
        if (descriptor >= 0)
            return new SafeFileHandle(descriptor, ownsHandle: true);
        return (Errno)Marshal.GetLastPInvokeError() is Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP ? null : throw ErrnoException.Last("openat", Full(name));
    }

    private unsafe SafeFileHandle? TryOpen(string relativePath, int flags)
    {
        var how = new FileCalls.OpenHow
        {
            Flags = (uint)(flags | FileCalls.O_CLOEXEC),
            Resolve = FileCalls.RESOLVE_IN_ROOT | FileCalls.RESOLVE_NO_MAGICLINKS,
        };
        var bytes = Encoding.UTF8.GetBytes((relativePath.Length == 0 ? "." : relativePath) + "\0");
        long descriptor;
        fixed (byte* name = bytes)
        {
            // EAGAIN: a rename raced with the resolution of "..", openat2(2) says to try again.
            do
                descriptor = FileCalls.syscall(FileCalls.SYS_openat2, _handle, name, &how, (nuint)sizeof(FileCalls.OpenHow));
            while (descriptor < 0 && (Errno)Marshal.GetLastPInvokeError() is Errno.EAGAIN or Errno.EINTR);
        }

        if (descriptor >= 0)
            return new SafeFileHandle((nint)descriptor, ownsHandle: true);
        return (Errno)Marshal.GetLastPInvokeError() == Errno.ENOENT ? null : throw ErrnoException.Last("openat2", Full(relativePath));
    }

    private string Pinned(string name) => $"/proc/self/fd/{_handle.DangerousGetHandle()}/{name}";

    private string Full(string name) => name.Length == 0 ? _path : _path + "/" + name;

    private void Check(int result, string call, string name)
    {
        if (result != 0)
            throw ErrnoException.Last(call, Full(name));
    }
}
