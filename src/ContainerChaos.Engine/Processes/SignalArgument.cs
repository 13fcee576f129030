using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Engine;

/// <summary>Signals as callers give them, checked.</summary>
internal static class SignalArgument
{
    /// <summary>Reads a name with or without SIG, or a number.</summary>
    /// <exception cref="ContainerException">InvalidArgument.</exception>
    public static int Parse(string text, string? target)
    {
        if (!SignalName.TryParse(text, out var signal))
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"'{text}' is not a signal.", target, "Write a name such as TERM or SIGTERM, or a number from 1 to 64.");
        return signal;
    }

    /// <summary>Checks a number.</summary>
    /// <exception cref="ContainerException">InvalidArgument.</exception>
    public static void Check(int signal, string? target)
    {
        if (signal is < 1 or > 64)
            EngineErrors.Throw(ErrorReason.InvalidArgument, $"{signal} is not a signal.", target, "Signals are numbered from 1 to 64.");
    }
}
