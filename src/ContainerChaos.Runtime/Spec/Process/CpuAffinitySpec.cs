namespace ContainerChaos.Runtime;

/// <summary>The CPUs of a process that is executed in a container, as cpuset(7) lists them: <c>0-3,7</c>.</summary>
public sealed record CpuAffinitySpec
{
    /// <summary>Those it has while the runtime moves it into the container's control group.</summary>
    public string? Initial { get; init; }

    /// <summary>Those it has when its command runs.</summary>
    public string? Final { get; init; }
}
