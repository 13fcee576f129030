namespace ContainerChaos.Runtime;

/// <summary>From which NUMA nodes memory is taken (set_mempolicy(2)).</summary>
public sealed record MemoryPolicySpec
{
    /// <summary>MPOL_DEFAULT, MPOL_BIND, MPOL_INTERLEAVE, MPOL_WEIGHTED_INTERLEAVE, MPOL_PREFERRED, MPOL_PREFERRED_MANY or MPOL_LOCAL.</summary>
    public string Mode { get; set => field = value ?? ""; } = "";

    /// <summary>The nodes, as <c>0-3,7</c>.</summary>
    public string? Nodes { get; init; }

    /// <summary>MPOL_F_NUMA_BALANCING, MPOL_F_RELATIVE_NODES, MPOL_F_STATIC_NODES.</summary>
    public IReadOnlyList<string> Flags { get; set => field = value ?? []; } = [];
}
