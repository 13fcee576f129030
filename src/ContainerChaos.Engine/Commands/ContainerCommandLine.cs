namespace ContainerChaos.Engine;

/// <summary>One line that a command wrote.</summary>
/// <param name="IsError">True when it came over standard error.</param>
/// <param name="Line">The line without its newline.</param>
public readonly record struct ContainerCommandLine(bool IsError, string Line);
