using System.Globalization;
using ContainerChaos.Linux;

namespace ContainerChaos.Runtime;

/// <summary><c>ps</c>: the processes of a container, by the host's PIDs.</summary>
internal static class PsCommand
{
    internal static int Execute(GlobalOptions global, ReadOnlySpan<string> arguments)
    {
        var format = "table";
        var parser = new OptionParser("ps", "CONTAINER [-e|-x|...]")
            .Value("--format|-f", "table|json", "the output's format", v => format = v);
        if (parser.Parse(arguments, stopAtOperand: true) is not { } operands)
            return 0;
        if (operands.Count == 0)
            throw parser.Misuse("the container's id is missing");
        if (format is not ("table" or "json"))
            throw new ContainerException(ErrorReason.InvalidArgument, $"--format: '{format}' is neither table nor json.", format);
        var container = global.Store.Open(operands[0]);
        var pids = ContainerProcesses.Of(container);
        if (format == "json")
            RuntimeLog.Write(1, $"{new JsonText(indented: true).List(list => { foreach (var pid in pids) list.Add(null, pid); })}\n");
        // ps(1) knows two styles: -f has its own columns, and any other option the short ones.
        else if (operands.Count > 1 && !operands.Contains("-ef") && !operands.Contains("-f"))
            RuntimeLog.Write(1, TextTable.Format(["    PID", "TTY", "STAT", "TIME", "COMMAND"], pids.Select(pid => Describe(pid, full: false)).OfType<string[]>()));
        else
            RuntimeLog.Write(1, TextTable.Format(["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"], pids.Select(pid => Describe(pid, full: true)).OfType<string[]>()));
        return 0;
    }

    private static string[]? Describe(int pid, bool full)
    {
        if (ProcessStatus.TryRead(pid) is not { } status || !ProcessStat.TryRead(pid, out var stat))
            return null;
        var command = ProcessCommandLine.TryRead(pid) is { Length: > 0 } line ? line : $"[{status.Name}]";
        var used = TimeSpan.FromSeconds(stat.ProcessorTicks / (double)SystemUptime.TicksPerSecond);
        var time = used.ToString(@"hh\:mm\:ss", CultureInfo.InvariantCulture);
        var terminal = TerminalName(stat.Terminal);
        if (!full)
            return [$"{pid,7}", terminal, status.State.ToString(), time, command];
        var started = SystemUptime.ToTime(SystemUptime.ReadBootTime(), stat.StartTime).LocalDateTime;
        var age = DateTime.Now - started;
        var share = age > TimeSpan.Zero ? (int)(100 * used / age) : 0;
        return
        [
            UserNames.Of((uint)status.UserId), pid.ToString(CultureInfo.InvariantCulture), status.ParentPid.ToString(CultureInfo.InvariantCulture), share.ToString(CultureInfo.InvariantCulture),
            started.ToString(age < TimeSpan.FromDays(1) ? "HH:mm" : "MMMdd", CultureInfo.InvariantCulture), terminal, time, command,
        ];
    }

    /// <summary>proc_pid_stat(5), field 7: the minor number is in bits 31 to 20 and 7 to 0, the major one in 15 to 8; 136 to 143 are /dev/pts.</summary>
    private static string TerminalName(int device)
    {
        int major = (device >> 8) & 0xFFF, minor = (device & 0xFF) | ((device >> 12) & 0xFFF00);
        return device == 0 ? "?" : major is >= 136 and <= 143 ? $"pts/{minor + ((major - 136) << 8)}" : $"tty{minor}";
    }
}
