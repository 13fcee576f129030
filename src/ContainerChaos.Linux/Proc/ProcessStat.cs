using System.Buffers.Text;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>The fields of <c>/proc/PID/stat</c> (proc_pid_stat(5)) that say which process this is and what it does.</summary>
public readonly record struct ProcessStat
{
    /// <summary>The PID, as the reader's namespace knows it.</summary>
    public int Pid { get; private init; }

    /// <summary>The command's name, at most 15 characters, without the parentheses.</summary>
    public string Name { get; private init; }

    /// <summary>The state letter: <c>R S D Z T t X I</c>.</summary>
    public char State { get; private init; }

    /// <summary>The parent's PID.</summary>
    public int ParentPid { get; private init; }

    /// <summary>The number of threads.</summary>
    public int Threads { get; private init; }

    /// <summary>When it started, in clock ticks (1/100 s) after boot. With the PID it names one process for good.</summary>
    public ulong StartTime { get; private init; }

    /// <summary>The controlling terminal's device number; 0 for none.</summary>
    public int Terminal { get; private init; }

    /// <summary>The processor time used, in user and kernel mode together.</summary>
    public long ProcessorTicks { get; private init; }

    /// <summary>The kernel's flags of the process (PF_* in the kernel's sched.h).</summary>
    public uint Flags { get; private init; }

    /// <summary>Whether its first thread is a zombie or in its exit(2).</summary>
    private bool IsExiting
    {
        get
        {
            const uint PF_EXITING = 4;
            return State is 'Z' or 'X' || (Flags & PF_EXITING) != 0;
        }
    }

    /// <summary>
    /// Whether all of it has ended: a zombie, or one of which every thread is in its exit(2), where the last thread of a pid namespace's
    /// first process waits until everybody else of the namespace is reaped. Looks at the other threads where there are any.
    /// </summary>
    public bool HasEnded() => IsExiting && (Threads <= 1 || ThreadsHaveEnded(Pid));

    /// <summary>Reads a process; false when it is gone.</summary>
    /// <param name="pid">The PID.</param>
    /// <param name="stat">What it is.</param>
    public static bool TryRead(int pid, out ProcessStat stat)
    {
        Span<byte> buffer = stackalloc byte[1024];
        var length = ProcFile.TryRead(pid, "stat"u8, buffer);
        stat = default;
        return length > 0 && TryParse(buffer[..length], out stat);
    }

    /// <summary>
    /// The exit code of a process that has ended and that nobody has reaped yet: field 52 of its stat, since Linux 3.5. It is for those who may
    /// ptrace(2) the process (PTRACE_MODE_READ_FSCREDS); everybody else reads 0 there, which is no answer.
    /// </summary>
    /// <param name="pid">The PID.</param>
    /// <param name="startTime">Its start time, so that it is not another one's.</param>
    /// <returns>The exit code, 128+n after signal n; null when it runs, has been reaped, or must not be read.</returns>
    public static int? TryReadExitCode(int pid, ulong startTime)
    {
        Span<byte> buffer = stackalloc byte[1024];
        // The same check of the kernel, of something that says no.
        if (new FileInfo($"/proc/{pid}/ns/user").LinkTarget is null)
            return null;
        var length = ProcFile.TryRead(pid, "stat"u8, buffer);
        if (length <= 0 || !TryParse(buffer[..length], out var stat) || stat.StartTime != startTime || stat.State != 'Z' || stat.Threads > 1)
            return null;
        var rest = buffer[..length].TrimEnd((byte)'\n');
        rest = rest[(rest.LastIndexOf((byte)')') + 2)..];
        for (var field = 3; field < 52; field++)
        {
            var end = rest.IndexOf((byte)' ');
            if (end < 0)
                return null;
            rest = rest[(end + 1)..];
        }
        return Utf8Parser.TryParse(rest, out int status, out _) ? PidFd.ToExitCode(status) : null;
    }

    private static bool ThreadsHaveEnded(int pid)
    {
        Span<byte> buffer = stackalloc byte[1024];
        try
        {
            foreach (var directory in Directory.EnumerateDirectories($"/proc/{pid}/task"))
            {
                var length = ProcFile.TryRead(pid, Encoding.UTF8.GetBytes($"task/{Path.GetFileName(directory)}/stat"), buffer);
                if (length > 0 && TryParse(buffer[..length], out var thread) && !thread.IsExiting)
                    return false;
            }
        }
        catch (IOException)
        {
            // It is gone altogether.
        }
        return true;
    }

    /// <summary>The start time of a process, or null when it is gone.</summary>
    /// <param name="pid">The PID.</param>
    public static ulong? TryReadStartTime(int pid) => TryRead(pid, out var stat) ? stat.StartTime : null;

    /// <summary>Parses the text of the file.</summary>
    /// <param name="text">One line.</param>
    /// <param name="stat">What it says.</param>
    // proc_pid_stat(5):
    //   (1) pid %d
    //   (2) comm %s  The filename of the executable, in parentheses.
    //   (3) state %c
    //   (4) ppid %d
    //   (7) tty_nr %d, (14) utime %lu, (15) stime %lu
    //   (9) flags %u  The kernel flags word of the process.
    //   (20) num_threads %ld
    //   (22) starttime %llu  The time the process started after system boot, expressed in clock ticks.
    // comm may hold spaces and parentheses itself, so the fields are counted from the last ')'.
    public static bool TryParse(ReadOnlySpan<byte> text, out ProcessStat stat)
    {
        stat = default;
        var open = text.IndexOf((byte)'(');
        var close = text.LastIndexOf((byte)')');
        if (open < 2 || close < open || !Utf8Parser.TryParse(text[..open], out int pid, out _) || text.Length < close + 4)
            return false;
        var rest = text[(close + 2)..];
        char state = default;
        int parent = 0, threads = 0, terminal = 0;
        long user = 0, system = 0;
        uint flags = 0;
        for (var field = 3; ; field++)
        {
            var end = rest.IndexOf((byte)' ');
            var value = end < 0 ? rest : rest[..end];
            switch (field)
            {
                case 3 when value.Length == 1:
                    state = (char)value[0];
                    break;
                case 4 when Utf8Parser.TryParse(value, out parent, out _):
                case 7 when Utf8Parser.TryParse(value, out terminal, out _):
                case 14 when Utf8Parser.TryParse(value, out user, out _):
                case 15 when Utf8Parser.TryParse(value, out system, out _):
                case 9 when Utf8Parser.TryParse(value, out flags, out _):
                case 20 when Utf8Parser.TryParse(value, out threads, out _):
                    break;
                case 3 or 4 or 7 or 9 or 14 or 15 or 20:
                    return false;
                case 22:
                    if (!Utf8Parser.TryParse(value, out ulong start, out _))
                        return false;
                    stat = new ProcessStat
                    {
                        Pid = pid,
                        Name = Encoding.UTF8.GetString(text[(open + 1)..close]),
                        State = state,
                        ParentPid = parent,
                        Threads = threads,
                        Flags = flags,
                        Terminal = terminal,
                        ProcessorTicks = user + system,
                        StartTime = start,
                    };
                    return true;
            }

            if (end < 0)
                return false;
            rest = rest[(end + 1)..];
        }
    }
}
