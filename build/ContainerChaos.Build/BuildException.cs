namespace ContainerChaos.Build;

/// <summary>A task that cannot go on; the message is all that the user gets to see.</summary>
internal sealed class BuildException(string message) : Exception(message);
