namespace ContainerChaos.Supervisor;

/// <summary>What is asked of the process that answers a container's intercepted calls. It acknowledges with one byte.</summary>
internal sealed record FaultPointRequest
{
    /// <summary>A rule that holds as long as the connection; null for none.</summary>
    public CallRule? Rule { get; init; }

    /// <summary>The rule that shall not hold any more; one that does not is no error.</summary>
    public string? Remove { get; init; }
}
