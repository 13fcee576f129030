using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>The file operations that control groups are driven by.</summary>
internal static class CgroupDirectory
{
    /// <summary>Makes a directory and those above it, also when another process removes an empty one in between.</summary>
    internal static void Create(string directory)
    {
        const int attempts = 100;
        for (var attempt = 0; ; attempt++)
        {
            using var native = new NativeString(directory);
            if (Libc.SystemCall((nint)SystemCallNumber.mkdir, native.Address, 0x1ED /* 0755 */) == 0)
                return;
            var errno = (Errno)Marshal.GetLastPInvokeError();
            if (errno == Errno.EEXIST)
                return;
            if (errno != Errno.ENOENT || attempt == attempts)
                throw new ErrnoException(errno, "mkdir", directory);
            Create(Path.GetDirectoryName(directory)!);
        }
    }

    /// <summary>Removes a directory and the groups below it, deepest first; false when a process is in one of them.</summary>
    internal static bool TryRemove(string directory) => TryRemoveEmpty(directory) || (TryRemoveBelow(directory) && TryRemoveEmpty(directory));

    /// <summary>Removes a directory that has no groups below it; false when it has, or when it is in use.</summary>
    internal static bool TryRemoveEmpty(string directory)
    {
        using var native = new NativeString(directory);
        if (Libc.SystemCall((nint)SystemCallNumber.rmdir, native.Address) == 0)
            return true;
        return (Errno)Marshal.GetLastPInvokeError() is Errno.ENOENT;
    }

    /// <summary>The groups below one, each before its own children.</summary>
    internal static IEnumerable<string> Below(string directory)
    {
        var options = new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = true };
        foreach (var child in TryEnumerate(() => Directory.GetDirectories(directory, "*", options)))
        {
            yield return child;
            foreach (var grandchild in Below(child))
                yield return grandchild;
        }
    }

    /// <summary>The processes in one directory; none when it is gone.</summary>
    internal static IEnumerable<int> Pids(string directory)
    {
        string text;
        try
        {
            text = Read(directory, "cgroup.procs");
        }
        // cgroup-v2.rst, Threads: a threaded group's processes are those of its domain, and cgroup.procs can't be read.
        catch (ErrnoException e) when (e.Errno == Errno.EOPNOTSUPP)
        {
            text = Read(directory, "cgroup.threads");
        }
        catch (ErrnoException e) when (e.Errno is Errno.ENOENT or Errno.ENODEV)
        {
            return [];
        }
        return text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse);
    }

    /// <summary>Reads a file, without its last newline.</summary>
    internal static string Read(string directory, string file)
    {
        var path = Path.Combine(directory, file);
        using var descriptor = FileDescriptor.Open(path, OpenFlags.O_RDONLY);
        using var text = new MemoryStream();
        Span<byte> buffer = stackalloc byte[4096];
        try
        {
            while (descriptor.Read(buffer) is > 0 and var count)
                text.Write(buffer[..count]);
        }
        catch (ErrnoException e)
        {
            throw new ErrnoException(e.Errno, "read", path);
        }
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length).TrimEnd();
    }

    /// <summary>The value behind a key in a flat-keyed file such as <c>memory.events</c>; 0 when the key is not there.</summary>
    internal static long ReadKey(string directory, string file, string key)
    {
        foreach (var line in Read(directory, file).Split('\n'))
        {
            if (line.StartsWith(key, StringComparison.Ordinal) && line.Length > key.Length && line[key.Length] == ' ')
                return long.Parse(line.AsSpan(key.Length + 1), CultureInfo.InvariantCulture);
        }
        return 0;
    }

    /// <summary>Waits for a value in <c>cgroup.events</c>, which announces its changes (cgroup-v2.rst); false when the time is over first.</summary>
    internal static bool AwaitEvent(string directory, string key, long value, TimeSpan timeout)
    {
        var started = Stopwatch.GetTimestamp();
        using var events = FileDescriptor.TryOpen(directory + "/cgroup.events", OpenFlags.O_RDONLY, 0, out _);
        if (events is null)
            return true;
        using var poll = new EventPoll();
        poll.Add(events, EventPollFlags.EPOLLPRI, 0);
        while (ReadKey(directory, "cgroup.events", key) != value)
        {
            var left = timeout - Stopwatch.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                return false;
            poll.Wait(left, static (_, _) => { });
        }
        return true;
    }

    /// <summary>Writes a value in one write(2), as the kernel wants it.</summary>
    internal static void Write(string directory, string file, string value)
    {
        var path = Path.Combine(directory, file);
        using var descriptor = FileDescriptor.Open(path, OpenFlags.O_WRONLY);
        try
        {
            descriptor.Write(Encoding.UTF8.GetBytes(value));
        }
        catch (ErrnoException e)
        {
            throw new ErrnoException(e.Errno, "write", $"'{value}' to {path}");
        }
    }

    private static bool TryRemoveBelow(string directory)
    {
        var removed = true;
        foreach (var child in Below(directory).Reverse().ToArray())
            removed &= TryRemoveEmpty(child);
        return removed;
    }

    private static string[] TryEnumerate(Func<string[]> enumerate)
    {
        try
        {
            return enumerate();
        }
        catch (IOException)
        {
            return [];
        }
    }
}
