namespace ContainerChaos.Runtime;

/// <summary>The limit on processes and threads.</summary>
public sealed record PidsSpec
{
    /// <summary>How many; -1 for no limit, and 0 leaves room for the first process alone.</summary>
    public long? Limit { get; init; }
}
