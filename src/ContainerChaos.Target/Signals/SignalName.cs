namespace ContainerChaos.Target.Signals;

/// <summary>Signal numbers (Linux x86-64) and their names, as signal(7) has them.</summary>
internal static class SignalName
{
    private static readonly string[] s_names =
    [
        "0", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>The highest signal number of the kernel.</summary>
    public const int Maximum = 64;

    /// <summary><c>SIGTERM</c> for 15, <c>SIG40</c> for a real-time signal.</summary>
    public static string Of(int signal) => "SIG" + (signal < s_names.Length ? s_names[signal] : signal.ToString());

    /// <summary>Reads <c>TERM</c>, <c>SIGTERM</c>, <c>term</c> or <c>15</c>; -1 for what is no signal.</summary>
    public static int Parse(string text)
    {
        if (int.TryParse(text, out int number)) return number is >= 0 and <= Maximum ? number : -1;
        if (text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase)) text = text[3..];
        for (int i = 1; i < s_names.Length; i++)
        {
            if (s_names[i].Equals(text, StringComparison.OrdinalIgnoreCase)) return i;
        }

        return -1;
    }
}
