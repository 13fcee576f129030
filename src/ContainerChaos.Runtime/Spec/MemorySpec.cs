namespace ContainerChaos.Runtime;

/// <summary>Memory limits in bytes; -1 for none.</summary>
public sealed record MemorySpec
{
    /// <summary>Memory.</summary>
    public long? Limit { get; init; }

    /// <summary>Memory and swap together.</summary>
    public long? Swap { get; init; }
}
