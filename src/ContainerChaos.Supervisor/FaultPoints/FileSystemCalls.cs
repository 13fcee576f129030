using System.Text;
using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>The system calls that are about a file, and which of their arguments says which.</summary>
public static class FileSystemCalls
{
    /// <summary>The name that stands for <see cref="Io"/> where calls are named.</summary>
    public const string Group = "file-io";

    private const int Longest = 4096;

    private static readonly Dictionary<string, (int Directory, int Name)> s_arguments = new(StringComparer.Ordinal);

    static FileSystemCalls()
    {
        foreach (var call in Io.Concat(["ftruncate", "fallocate", "fstat", "getdents64", "flock", "sync_file_range", "close", "lseek", "fchmod", "fchown", "syncfs", "fadvise64"]))
            s_arguments[call] = (0, -1);
        foreach (var call in (ReadOnlySpan<string>)["open", "creat", "stat", "lstat", "access", "unlink", "rmdir", "mkdir", "rename", "truncate", "readlink", "chmod", "chown", "link", "symlink", "execve"])
            s_arguments[call] = (-1, 0);
        foreach (var call in (ReadOnlySpan<string>)["openat", "openat2", "newfstatat", "statx", "faccessat", "faccessat2", "unlinkat", "mkdirat", "renameat", "renameat2", "readlinkat", "fchmodat", "fchownat", "utimensat"])
            s_arguments[call] = (0, 1);
    }

    /// <summary>Opening, reading, writing and syncing.</summary>
    public static IReadOnlyList<string> Io { get; } =
    [
        "open", "openat", "openat2", "creat", "read", "pread64", "readv", "preadv", "preadv2",
        "write", "pwrite64", "writev", "pwritev", "pwritev2", "fsync", "fdatasync",
    ];

    /// <summary>Calls as they are named, with the group in full.</summary>
    public static IReadOnlyList<string> Expand(IEnumerable<string> names) => [.. names.SelectMany(name => name == Group ? Io : [name]).Distinct()];

    /// <summary>Whether a call is about a file that can be told.</summary>
    public static bool IsAboutFile(string call) => s_arguments.ContainsKey(call);

    /// <summary>The file that an intercepted call is about, as its caller's mount namespace has it, or as the caller wrote it: symbolic links in it are not followed.</summary>
    /// <returns>Null when it can't be told. What is no file (a socket, a pipe) does not begin with a slash.</returns>
    internal static string? TryReadPath(string name, in InterceptedCall call)
    {
        if (!s_arguments.TryGetValue(name, out var argument))
            return null;
        if (argument.Name < 0)
            return TryReadDescriptor(call.Thread, (int)call.Argument(0));
        if (TryReadText(call.Thread, call.Argument(argument.Name)) is not { } path)
            return null;
        if (path.StartsWith('/'))
            return Path.GetFullPath(path);
        var directory = argument.Directory < 0 ? NativeConstants.AT_FDCWD : (int)call.Argument(argument.Directory);
        var start = directory == NativeConstants.AT_FDCWD ? TryReadLink($"/proc/{call.Thread}/cwd") : TryReadDescriptor(call.Thread, directory);
        return start?.StartsWith('/') == true ? Path.GetFullPath(Path.Combine(start, path)) : null;
    }

    private static string? TryReadDescriptor(int thread, int descriptor) => TryReadLink($"/proc/{thread}/fd/{descriptor}");

    private static string? TryReadLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>A text in the caller's memory, which another of its threads may change before the kernel reads it: good enough for a fault, and for nothing that protects.</summary>
    private static string? TryReadText(int thread, ulong address)
    {
        try
        {
            using var memory = File.OpenHandle($"/proc/{thread}/mem");
            Span<byte> text = stackalloc byte[Longest];
            // Up to the end of a page at a time: the next one may not be there.
            for (var length = 0; length < Longest;)
            {
                var part = Math.Min(Longest - length, 4096 - (int)((address + (ulong)length) % 4096));
                var read = RandomAccess.Read(memory, text.Slice(length, part), (long)address + length);
                if (text.Slice(length, read).IndexOf((byte)0) is >= 0 and var end)
                    return Encoding.UTF8.GetString(text[..(length + end)]);
                if (read < part)
                    return null;
                length += read;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            // It has ended, or the address is nowhere.
        }
        return null;
    }
}
