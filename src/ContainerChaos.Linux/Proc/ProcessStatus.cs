using System.Buffers.Text;
using System.Text;

namespace ContainerChaos.Linux;

/// <summary>The fields of <c>/proc/PID/status</c> (proc_pid_status(5)) about identity, memory and signals.</summary>
public sealed record ProcessStatus
{
    /// <summary>The command's name, with the kernel's escapes (<c>\n</c>, <c>\\</c>) as they are.</summary>
    public string Name { get; private init; } = "";

    /// <summary>The state letter: <c>R S D Z T t X I</c>.</summary>
    public char State { get; private init; }

    /// <summary>The parent's PID, as the reader's namespace knows it.</summary>
    public int ParentPid { get; private init; }

    /// <summary>The real user id.</summary>
    public int UserId { get; private init; }

    /// <summary>The PID in each namespace, the reader's first, the process's own last.</summary>
    public IReadOnlyList<int> NamespacePids { get; private init; } = [];

    /// <summary>Resident memory in bytes; 0 for zombies and kernel threads, which have none.</summary>
    public long RssBytes { get; private init; }

    /// <summary>The number of threads.</summary>
    public int Threads { get; private init; }

    /// <summary>Signals pending for the whole process, bit n-1 for signal n.</summary>
    public ulong PendingSignals { get; private init; }

    /// <summary>Signals the main thread blocks.</summary>
    public ulong BlockedSignals { get; private init; }

    /// <summary>Signals it ignores.</summary>
    public ulong IgnoredSignals { get; private init; }

    /// <summary>Signals it has a handler for.</summary>
    public ulong CaughtSignals { get; private init; }

    /// <summary>Reads a process; null when it is gone.</summary>
    /// <param name="pid">The PID.</param>
    public static ProcessStatus? TryRead(int pid)
    {
        Span<byte> buffer = stackalloc byte[ProcFile.BufferSize];
        var length = ProcFile.TryRead(pid, "status"u8, buffer);
        if (length <= 0)
            return null;
        // A process in very many groups: one line of up to 65536 numbers.
        if (length == buffer.Length)
        {
            buffer = new byte[1 << 20];
            length = ProcFile.TryRead(pid, "status"u8, buffer);
        }

        return length > 0 ? Parse(buffer[..length]) : null;
    }

    /// <summary>Parses the text of the file. Lines that it does not know, or that are missing, leave their defaults.</summary>
    /// <param name="text">The whole file.</param>
    // proc_pid_status(5):
    //   State: Current state of the process. One of "R (running)", "S (sleeping)", "D (disk sleep)", ...
    //   NSpid: Thread ID (PID) in each of the PID namespaces of which [pid] is a member. The leftmost entry shows the value
    //          with respect to the PID namespace of the process that mounted this procfs, followed by the value in
    //          successively nested inner namespaces.
    //   VmRSS: Resident set size.
    //   SigBlk, SigIgn, SigCgt: Masks (expressed in hexadecimal) indicating signals being blocked, ignored, and caught.
    public static ProcessStatus Parse(ReadOnlySpan<byte> text)
    {
        var name = "";
        var state = '\0';
        int parent = 0, user = 0, threads = 0;
        long rss = 0;
        ulong pending = 0, blocked = 0, ignored = 0, caught = 0;
        IReadOnlyList<int> pids = [];
        while (!text.IsEmpty)
        {
            var end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            var colon = line.IndexOf((byte)':');
            if (colon < 0)
                continue;
            var key = line[..colon];
            var value = line[(colon + 1)..].TrimStart("\t "u8);
            if (key.SequenceEqual("Name"u8))
                name = Encoding.UTF8.GetString(value);
            else if (key.SequenceEqual("State"u8))
                state = value.IsEmpty ? '\0' : (char)value[0];
            else if (key.SequenceEqual("PPid"u8))
                Utf8Parser.TryParse(value, out parent, out _);
            else if (key.SequenceEqual("Uid"u8))
                user = Utf8Parser.TryParse(value, out uint id, out _) ? (int)id : 0;
            else if (key.SequenceEqual("NSpid"u8))
                pids = ParseNumbers(value);
            else if (key.SequenceEqual("VmRSS"u8))
                rss = Utf8Parser.TryParse(value, out long kilobytes, out _) ? kilobytes * 1024 : 0;
            else if (key.SequenceEqual("Threads"u8))
                Utf8Parser.TryParse(value, out threads, out _);
            else if (key.SequenceEqual("ShdPnd"u8))
                Utf8Parser.TryParse(value, out pending, out _, 'x');
            else if (key.SequenceEqual("SigBlk"u8))
                Utf8Parser.TryParse(value, out blocked, out _, 'x');
            else if (key.SequenceEqual("SigIgn"u8))
                Utf8Parser.TryParse(value, out ignored, out _, 'x');
            else if (key.SequenceEqual("SigCgt"u8))
                Utf8Parser.TryParse(value, out caught, out _, 'x');
        }

        return new ProcessStatus
        {
            Name = name,
            State = state,
            ParentPid = parent,
            UserId = user,
            NamespacePids = pids,
            RssBytes = rss,
            Threads = threads,
            PendingSignals = pending,
            BlockedSignals = blocked,
            IgnoredSignals = ignored,
            CaughtSignals = caught,
        };
    }

    private static List<int> ParseNumbers(ReadOnlySpan<byte> text)
    {
        var numbers = new List<int>(2);
        while (Utf8Parser.TryParse(text, out int number, out var used))
        {
            numbers.Add(number);
            text = text[used..].TrimStart("\t "u8);
        }

        return numbers;
    }
}
