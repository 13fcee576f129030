namespace ContainerChaos.Differential.Tests;

/// <summary>How a command in a container ended.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors)
{
    public override string ToString() => $"{ExitCode}|{Output.TrimEnd('\n')}|{Errors.TrimEnd('\n')}";
}
