namespace ContainerChaos.Runtime;

/// <summary>CPU limits.</summary>
public sealed record CpuSpec
{
    /// <summary>The relative share, 2 to 262144.</summary>
    public ulong? Shares { get; init; }

    /// <summary>Microseconds a period; -1 for no limit.</summary>
    public long? Quota { get; init; }

    /// <summary>The period in microseconds.</summary>
    public ulong? Period { get; init; }
}
