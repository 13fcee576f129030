using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace ContainerChaos.Linux;

/// <summary>Reads the small files of /proc/PID without allocating; a process that vanishes meanwhile is an ordinary answer.</summary>
internal static unsafe partial class ProcFile
{
    /// <summary>Enough for every field of stat and status, supplementary groups aside.</summary>
    internal const int BufferSize = 4096;

    /// <summary>Fills a buffer with the beginning of <c>/proc/PID/NAME</c>.</summary>
    /// <returns>The bytes read; -1 when the process is gone or the file may not be read.</returns>
    internal static int TryRead(int pid, ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        Span<byte> path = stackalloc byte[64];
        if (!TryFormatPath(pid, name, path))
            return -1;
        fixed (byte* bytes = path)
            return TryRead(bytes, buffer);
    }

    internal static bool TryFormatPath(int pid, ReadOnlySpan<byte> name, Span<byte> path)
    {
        path.Clear();
        "/proc/"u8.CopyTo(path);
        if (!Utf8Formatter.TryFormat(pid, path[6..], out var digits) || 6 + digits + 1 + name.Length + 1 > path.Length)
            return false;
        path[6 + digits] = (byte)'/';
        name.CopyTo(path[(7 + digits)..]);
        return true;
    }

    private static int TryRead(byte* path, Span<byte> buffer)
    {
        var descriptor = open(path, FileCalls.O_RDONLY | FileCalls.O_CLOEXEC, 0);
        if (descriptor < 0)
            return -1;
        var total = 0;
        fixed (byte* bytes = buffer)
        {
            while (total < buffer.Length)
            {
                var count = (int)read(descriptor, bytes + total, (nuint)(buffer.Length - total));
                if (count < 0 && Marshal.GetLastPInvokeError() == (int)Errno.EINTR)
                    continue;
                // ESRCH: it was there at open and is gone now.
                if (count < 0)
                    total = -1;
                if (count <= 0)
                    break;
                total += count;
            }
        }

        close(descriptor);
        return total;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int open(byte* path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc")]
    private static partial int close(int descriptor);
}
