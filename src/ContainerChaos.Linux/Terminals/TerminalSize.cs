namespace ContainerChaos.Linux;

/// <summary>The size of a terminal in characters.</summary>
/// <param name="Width">The columns.</param>
/// <param name="Height">The rows.</param>
public readonly record struct TerminalSize(ushort Width, ushort Height);
