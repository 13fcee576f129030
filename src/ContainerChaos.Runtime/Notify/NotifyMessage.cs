using System.Text;

namespace ContainerChaos.Runtime;

/// <summary>The part of a service's message (sd_notify(3)) that a container may send to the host's service manager.</summary>
internal static class NotifyMessage
{
    internal const string Ready = "READY=1";

    /// <summary>Without those that speak of processes, descriptors and the manager's own settings: a container is not to choose them.</summary>
    private static readonly HashSet<string> States = [Ready, "RELOADING=1", "STOPPING=1", "WATCHDOG=1"];

    private static readonly HashSet<string> Numbers = ["ERRNO", "MONOTONIC_USEC", "EXTEND_TIMEOUT_USEC"];

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What is passed on, a field a line; empty when nothing is.</summary>
    /// <param name="message">The message.</param>
    /// <param name="isReady">Whether the service says that it is up.</param>
    internal static string Filter(ReadOnlySpan<byte> message, out bool isReady)
    {
        isReady = false;
        string text;
        try
        {
            text = Strict.GetString(message);
        }
        catch (DecoderFallbackException)
        {
            // sd_notify(3): "the string should contain only valid UTF-8"; systemd refuses it as well.
            return "";
        }
        var kept = text.Split('\n').Where(IsSafe).ToArray();
        isReady = kept.Contains(Ready);
        return string.Join('\n', kept);
    }

    private static bool IsSafe(string line)
    {
        if (States.Contains(line))
            return true;
        var (name, value) = line.Split('=', 2) is [var before, var after] ? (before, after) : (line, "");
        // The status is shown on terminals.
        return name == "STATUS" ? !value.Any(char.IsControl) : Numbers.Contains(name) && value.Length > 0 && value.All(char.IsAsciiDigit);
    }
}
