namespace ContainerChaos.Supervisor;

/// <summary>What a target is told when it asks for a name, as long as the fault lasts.</summary>
public sealed record FalseAnswers
{
    /// <summary>The address that every name is said to have, of version 4 or 6; null for an error.</summary>
    public string? Address { get; init; }

    /// <summary>Whether the error is that there is no such name (NXDOMAIN); otherwise that the server failed (SERVFAIL).</summary>
    public bool IsUnknown { get; init; }
}
