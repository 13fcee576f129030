namespace ContainerChaos.Target.Commands;

/// <summary>The command line makes no sense; the program ends with code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
