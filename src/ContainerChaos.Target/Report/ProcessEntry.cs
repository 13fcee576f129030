using System.Buffers.Text;
using System.Text;

namespace ContainerChaos.Target.Report;

/// <summary>One process, from /proc/PID/stat (proc_pid_stat(5)).</summary>
internal readonly record struct ProcessEntry(int Pid, int ParentPid, char State, long ResidentKilobytes, int Threads, string Command)
{
    /// <summary>Reads one; false when there is no such process.</summary>
    public static bool TryRead(int pid, out ProcessEntry entry)
    {
        Span<byte> buffer = stackalloc byte[1024];
        int length = FileReader.ReadStart($"/proc/{pid}/stat", buffer);
        entry = default;
        if (length <= 0) return false;

        // "pid (command) state ppid ...": the command may hold anything, so the last parenthesis counts.
        ReadOnlySpan<byte> text = buffer[..length];
        int open = text.IndexOf((byte)'(');
        int close = text.LastIndexOf((byte)')');
        if (open < 0 || close < open || close + 4 > length) return false;
        string command = Encoding.UTF8.GetString(text[(open + 1)..close]);
        ReadOnlySpan<byte> rest = text[(close + 2)..];
        long parent = Field(rest, 1), threads = Field(rest, 17), pages = Field(rest, 21);
        entry = new ProcessEntry(pid, (int)parent, (char)rest[0], pages * 4, (int)threads, command);
        return true;
    }

    private static long Field(ReadOnlySpan<byte> text, int index)
    {
        for (; index > 0; index--) text = text[(text.IndexOf((byte)' ') + 1)..];
        return Utf8Parser.TryParse(text, out long value, out _) ? value : 0;
    }
}
