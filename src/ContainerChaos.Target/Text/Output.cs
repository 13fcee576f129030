using System.Text;
using ContainerChaos.Target.Native;

namespace ContainerChaos.Target.Text;

/// <summary>Standard output and error, without the memory and the signal handlers that <see cref="Console"/> brings.</summary>
internal static unsafe class Output
{
    /// <summary>Writes one line to standard output, in one write(2) as long as it is short.</summary>
    public static void Line(string text) => Write(1, text, newLine: true);

    /// <summary>Writes to standard output as is.</summary>
    public static void Text(string text) => Write(1, text, newLine: false);

    /// <summary>Writes one line to standard error, with the program's name before it.</summary>
    public static void Error(string text) => Write(2, "target: " + text, newLine: true);

    /// <summary>Writes all of the bytes, or gives up at the first error.</summary>
    public static bool Bytes(int fd, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            byte* next = start;
            for (nint left = bytes.Length; left > 0;)
            {
                nint count = Libc.write(fd, next, (nuint)left);
                if (count < 0 && Libc.Errno == Errno.EINTR) continue;
                if (count <= 0) return false;
                next += count;
                left -= count;
            }
        }

        return true;
    }

    private static void Write(int fd, string text, bool newLine)
    {
        int capacity = Encoding.UTF8.GetMaxByteCount(text.Length) + 1;
        Span<byte> buffer = capacity <= 1024 ? stackalloc byte[1024] : new byte[capacity];
        int length = Encoding.UTF8.GetBytes(text, buffer);
        if (newLine) buffer[length++] = (byte)'\n';
        Bytes(fd, buffer[..length]);
    }
}
