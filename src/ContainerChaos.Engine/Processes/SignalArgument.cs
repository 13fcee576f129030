using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Signals as callers give them, checked.</summary>
public static class SignalArgument
{
    /// <summary>Reads a name with or without SIG, or a number.</summary>
    /// <param name="text">The text.</param>
    /// <param name="target">What the error is about; null for the text itself.</param>
    /// <returns>The signal's number.</returns>
    /// <exception cref="ContainerException">InvalidArgument.</exception>
    public static int Parse(string text, string? target)
    {
        if (!SignalName.TryParse(text, out var signal))
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"'{text}' is not a signal.", target ?? text, "Write a name (TERM, SIGTERM, RTMIN+3) or a number from 1 to 64.");
        return signal;
    }

    /// <summary>Checks a number.</summary>
    /// <param name="signal">The number.</param>
    /// <param name="target">What the error is about.</param>
    /// <exception cref="ContainerException">InvalidArgument.</exception>
    public static void Check(int signal, string? target)
    {
        if (signal is < 1 or > 64)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"{signal} is not a signal.", target, "Signals are numbered from 1 to 64.");
    }
}
