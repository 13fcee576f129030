namespace ContainerChaos.Runtime;

/// <summary>Marks and priorities of network traffic (cgroup v1 only).</summary>
public sealed record NetworkSpec
{
    /// <summary>The class of its packets.</summary>
    public uint? ClassID { get; init; }

    /// <summary>Priorities by interface.</summary>
    public IReadOnlyList<InterfacePrioritySpec> Priorities { get; set => field = value ?? []; } = [];
}
