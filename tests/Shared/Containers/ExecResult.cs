namespace ContainerChaos.Testing;

/// <summary>How a command in a container went.</summary>
public sealed record ExecResult(int ExitCode, string Output, string Errors);
