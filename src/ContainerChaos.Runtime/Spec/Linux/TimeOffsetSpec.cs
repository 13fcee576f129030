namespace ContainerChaos.Runtime;

/// <summary>How far a clock of a time namespace is from the host's (time_namespaces(7)).</summary>
public sealed record TimeOffsetSpec
{
    /// <summary>Seconds.</summary>
    public long Secs { get; init; }

    /// <summary>Nanoseconds, added to them.</summary>
    public uint Nanosecs { get; init; }
}
