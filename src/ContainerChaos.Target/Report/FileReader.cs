using ContainerChaos.Target.Native;

namespace ContainerChaos.Target.Report;

/// <summary>Reads files of any kind, those of /proc and endless ones too.</summary>
internal static unsafe class FileReader
{
    /// <summary>Reads the start of a file into a buffer.</summary>
    /// <returns>The bytes read; -1 when the file cannot be read.</returns>
    public static int ReadStart(string path, Span<byte> buffer)
    {
        using var native = new NativeString(path);
        int fd = Libc.open(native, Libc.O_RDONLY | Libc.O_CLOEXEC, 0);
        if (fd < 0) return -1;
        int total = 0;
        fixed (byte* start = buffer)
        {
            nint count = 0;
            while (total < buffer.Length && (count = Libc.read(fd, start + total, (nuint)(buffer.Length - total))) > 0) total += (int)count;
            if (count < 0 && total == 0) total = -1;
        }

        Libc.close(fd);
        return total;
    }
}
