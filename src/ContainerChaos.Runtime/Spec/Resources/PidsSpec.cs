namespace ContainerChaos.Runtime;

/// <summary>The limit on processes and threads.</summary>
public sealed record PidsSpec
{
    /// <summary>How many; 0 or less for no limit.</summary>
    public long? Limit { get; init; }
}
