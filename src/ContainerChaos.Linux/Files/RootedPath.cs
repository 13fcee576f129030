using System.Runtime.InteropServices;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>
/// Makes what a path names below a directory that is taken for the root. Symbolic links are followed as a process inside
/// would, dangling ones too, and so are what they name is made; none leads outside.
/// </summary>
public static unsafe class RootedPath
{
    // MAXSYMLINKS (include/linux/namei.h)
    private const int MaximumLinks = 40;
    private const ulong RESOLVE_NO_MAGICLINKS = 2, RESOLVE_IN_ROOT = 0x10;
    private const int DirectoryMode = 0x1ED /* 0755 */, FileMode = 0x1A4 /* 0644 */;

    /// <summary>Makes a directory and those above it, or an empty file and the directories above it; what is there stays.</summary>
    /// <param name="root">The directory that nothing leaves.</param>
    /// <param name="path">The path; absolute or not, it begins at <paramref name="root"/>.</param>
    /// <param name="isDirectory">Whether its end is a directory.</param>
    /// <exception cref="ErrnoException">ENOTDIR, ELOOP, EROFS and the other errors of mkdirat(2).</exception>
    public static void Make(FileDescriptor root, string path, bool isDirectory)
    {
        var pending = new Stack<string>();
        Push(pending, path);
        var resolved = new List<string>();
        var links = 0;
        while (pending.TryPop(out var name))
        {
            if (name == "..")
            {
                if (resolved.Count > 0)
                    resolved.RemoveAt(resolved.Count - 1);
                continue;
            }
            using var entry = TryOpen(root, [.. resolved, name]);
            if (entry is null)
            {
                using var parent = TryOpen(root, resolved) ?? throw new ErrnoException(Errno.ENOENT, "openat2", path);
                Create(parent, name, isDirectory || pending.Count > 0, path);
            }
            else if (FileStatus.Read(entry).Kind == FileKind.SymbolicLink)
            {
                if (++links > MaximumLinks)
                    throw new ErrnoException(Errno.ELOOP, "openat2", path);
                var target = ReadLink(entry, path);
                if (target.StartsWith('/'))
                    resolved.Clear();
                Push(pending, target);
                continue;
            }
            resolved.Add(name);
        }
    }

    private static void Push(Stack<string> pending, string path)
    {
        foreach (var name in Enumerable.Reverse(path.Split('/', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (name != ".")
                pending.Push(name);
        }
    }

    private static string ReadLink(FileDescriptor link, string path)
    {
        const int PATH_MAX = 4096;
        var target = stackalloc byte[PATH_MAX];
        using var empty = new NativeString("");
        var length = Libc.Checked("readlinkat", path, Libc.SystemCall((nint)SystemCallNumber.readlinkat, link.Number, empty.Address, (nint)target, PATH_MAX));
        return Encoding.UTF8.GetString(target, (int)length);
    }

    private static FileDescriptor? TryOpen(FileDescriptor root, IReadOnlyList<string> names)
    {
        var how = stackalloc ulong[3] { (ulong)(OpenFlags.O_PATH | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC), 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS };
        var path = names.Count == 0 ? "." : string.Join('/', names);
        using var native = new NativeString(path);
        while (true)
        {
            var result = Libc.Retrying((nint)SystemCallNumber.openat2, root.Number, native.Address, (nint)how, 24);
            if (result != -1)
                return new FileDescriptor((int)result);
            switch ((Errno)Marshal.GetLastPInvokeError())
            {
                case Errno.EAGAIN:
                    // A rename raced with the resolution; openat2(2) says to try again.
                    continue;
                case Errno.ENOENT:
                    return null;
                default:
                    throw ErrnoException.Last("openat2", path);
            }
        }
    }

    private static void Create(FileDescriptor parent, string name, bool isDirectory, string path)
    {
        using var native = new NativeString(name);
        var result = isDirectory
            ? Libc.SystemCall((nint)SystemCallNumber.mkdirat, parent.Number, native.Address, DirectoryMode)
            : Libc.SystemCall((nint)SystemCallNumber.mknodat, parent.Number, native.Address, NativeConstants.S_IFREG | FileMode);
        if (result == -1 && Marshal.GetLastPInvokeError() != (int)Errno.EEXIST)
            throw ErrnoException.Last(isDirectory ? "mkdirat" : "mknodat", path);
    }
}
