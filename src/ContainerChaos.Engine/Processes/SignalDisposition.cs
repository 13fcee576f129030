namespace ContainerChaos.Engine;

/// <summary>What the kernel does with a signal for a given process, from its masks and its place in the PID namespace.</summary>
public enum SignalDisposition
{
    /// <summary>No handler: the signal's default action happens (signal(7)).</summary>
    Default,

    /// <summary>The process has a handler for it.</summary>
    Handled,

    /// <summary>The process ignores it; the kernel discards it.</summary>
    Ignored,

    /// <summary>The process blocks it; it stays pending.</summary>
    Blocked,

    /// <summary>The process is PID 1 of its namespace and has no handler, so the kernel drops the signal (pid_namespaces(7)).</summary>
    DroppedForInit,
}
