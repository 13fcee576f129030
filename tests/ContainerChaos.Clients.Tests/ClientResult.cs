namespace ContainerChaos.Clients.Tests;

/// <summary>How a client's command ended.</summary>
internal sealed record ClientResult(string Command, int ExitCode, string Output, string Errors)
{
    /// <summary>What it wrote, without the last line's end, when it succeeded.</summary>
    internal string Text => ExitCode == 0 ? Output.TrimEnd('\n') : throw new InvalidOperationException($"'{Command}' ended with {ExitCode}: {Output}{Errors}");

    /// <summary>Its lines, when it succeeded.</summary>
    internal string[] Lines => Text.Split('\n');
}
