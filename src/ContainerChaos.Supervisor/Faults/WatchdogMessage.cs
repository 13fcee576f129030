namespace ContainerChaos.Supervisor;

/// <summary>What a watchdog tells whoever started it, a line each: first that the fault is applied or why not, then how it ended.</summary>
internal sealed record WatchdogMessage
{
    /// <summary>Why it could not be applied; null when it was.</summary>
    public MonitorError? Error { get; init; }

    /// <summary>Why it ended; null while it lasts.</summary>
    public FaultEnd? End { get; init; }

    /// <summary>What is to be said about the end: the condition that held, the step that could not be undone.</summary>
    public string? Detail { get; init; }
}
