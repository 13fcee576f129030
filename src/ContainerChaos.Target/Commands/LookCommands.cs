using System.Collections;
using System.Text;
using ContainerChaos.Target.Native;
using ContainerChaos.Target.Report;
using ContainerChaos.Target.Text;

namespace ContainerChaos.Target.Commands;

/// <summary>Commands that print something about where they run.</summary>
internal static unsafe class LookCommands
{
    public static int Echo(string[] arguments)
    {
        Output.Line(string.Join(' ', arguments));
        return 0;
    }

    public static int Env(string[] arguments)
    {
        if (arguments.Length > 0)
        {
            string? value = Environment.GetEnvironmentVariable(arguments[0]);
            if (value is not null) Output.Line(value);
            return value is null ? 1 : 0;
        }

        var lines = new List<string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables()) lines.Add($"{variable.Key}={variable.Value}");
        lines.Sort(string.CompareOrdinal);
        foreach (string line in lines) Output.Line(line);
        return 0;
    }

    public static int HostName()
    {
        Span<byte> name = stackalloc byte[256];
        name.Clear();
        fixed (byte* start = name) Libc.gethostname(start, (nuint)name.Length - 1);
        Output.Line(Encoding.UTF8.GetString(name[..name.IndexOf((byte)0)]));
        return 0;
    }

    public static int Ps()
    {
        Output.Line("PID PPID STATE RSS_KB COMMAND");
        bool hasProc = ProcessTable.Read(entry => Output.Line($"{entry.Pid} {entry.ParentPid} {entry.State} {entry.ResidentKilobytes} {entry.Command}"));
        if (!hasProc) Output.Error("ps: there is no /proc");
        return hasProc ? 0 : 1;
    }

    public static int Version()
    {
        Output.Line($"target {typeof(LookCommands).Assembly.GetName().Version?.ToString(3)}");
        return 0;
    }
}
