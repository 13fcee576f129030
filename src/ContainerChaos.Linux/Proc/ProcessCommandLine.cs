using System.Text;

namespace ContainerChaos.Linux;

/// <summary>Reads the command lines of processes.</summary>
// proc_pid_cmdline(5): the arguments, each followed by a null byte; nothing in this file for a zombie.
public static class ProcessCommandLine
{
    private const int Limit = 64 * 1024;

    /// <summary>The arguments with a space between each two, 64 KB at most; empty for a zombie or a kernel thread, null when the process is gone.</summary>
    /// <param name="pid">The PID.</param>
    public static string? TryRead(int pid)
    {
        Span<byte> buffer = stackalloc byte[ProcFile.BufferSize];
        var length = ProcFile.TryRead(pid, "cmdline"u8, buffer);
        if (length == buffer.Length)
        {
            buffer = new byte[Limit];
            length = ProcFile.TryRead(pid, "cmdline"u8, buffer);
        }

        if (length < 0)
            return null;
        var text = buffer[..length].TrimEnd((byte)0);
        text.Replace((byte)0, (byte)' ');
        return Encoding.UTF8.GetString(text);
    }

    /// <summary>Whether a process lives and its first 4 KB of arguments hold a text. It allocates nothing.</summary>
    /// <param name="pid">The PID.</param>
    /// <param name="text">At most 256 characters of ASCII.</param>
    public static bool Mentions(int pid, string text)
    {
        Span<byte> sought = stackalloc byte[256];
        Span<byte> buffer = stackalloc byte[ProcFile.BufferSize];
        var length = ProcFile.TryRead(pid, "cmdline"u8, buffer);
        return length > 0 && Encoding.ASCII.TryGetBytes(text, sought, out var count) && buffer[..length].IndexOf(sought[..count]) >= 0;
    }
}
