using System.Globalization;

namespace ContainerChaos.Linux;

/// <summary>Signals by name and number on x86-64 and arm64 (signal(7)).</summary>
public static class SignalName
{
    // glibc keeps 32 and 33 for itself (NPTL), so a program's real-time signals begin at 34.
    private const int RealTimeMinimum = 34;
    private const int RealTimeMaximum = 64;

    // By number, from 1.
    private static readonly string[] Standard =
    [
        "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL", "SIGUSR1", "SIGSEGV",
        "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD", "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN",
        "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
    ];

    /// <summary>The standard signals' names, by number from 1.</summary>
    public static IReadOnlyList<string> All => Standard;

    /// <summary>A signal's name: <c>SIGTERM</c>, <c>SIGRTMIN+3</c>; the number itself when it has none.</summary>
    /// <param name="signal">The signal's number.</param>
    public static string Of(int signal) => signal switch
    {
        >= 1 and <= 31 => Standard[signal - 1],
        RealTimeMinimum => "SIGRTMIN",
        RealTimeMaximum => "SIGRTMAX",
        > RealTimeMinimum and < RealTimeMaximum => string.Create(CultureInfo.InvariantCulture, $"SIGRTMIN+{signal - RealTimeMinimum}"),
        _ => signal.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Reads <c>TERM</c>, <c>SIGTERM</c>, <c>15</c>, <c>RTMIN+3</c> or <c>SIGRTMAX-1</c>, in either case.</summary>
    /// <param name="text">The signal as written.</param>
    /// <param name="signal">Its number, 1 to 64.</param>
    /// <returns>False when the text names no signal.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out int signal)
    {
        text = text.Trim();
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out signal))
            return signal is >= 1 and <= RealTimeMaximum;
        if (text.StartsWith("SIG", StringComparison.OrdinalIgnoreCase))
            text = text[3..];
        if (text.StartsWith("RT", StringComparison.OrdinalIgnoreCase))
            return TryParseRealTime(text[2..], out signal);
        for (var number = 1; number <= Standard.Length; number++)
        {
            if (text.Equals(Standard[number - 1].AsSpan(3), StringComparison.OrdinalIgnoreCase))
            {
                signal = number;
                return true;
            }
        }
        return false;
    }

    private static bool TryParseRealTime(ReadOnlySpan<char> text, out int signal)
    {
        signal = 0;
        var start = text.StartsWith("MIN", StringComparison.OrdinalIgnoreCase) ? RealTimeMinimum
            : text.StartsWith("MAX", StringComparison.OrdinalIgnoreCase) ? RealTimeMaximum
            : 0;
        if (start == 0)
            return false;
        var offset = 0;
        if (text.Length > 3
            && !(text[3] == (start == RealTimeMinimum ? '+' : '-')
                && int.TryParse(text[3..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out offset)))
            return false;
        signal = start + offset;
        return signal is >= RealTimeMinimum and <= RealTimeMaximum;
    }
}
