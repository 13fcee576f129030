using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>What shall be different of a container. What is null stays as it is; 0, and an empty text, take a limit away.</summary>
public sealed record ContainerUpdateOptions : ContainerLimitOptions
{
    /// <summary>When PID 1 is started again, from its next end on.</summary>
    public RestartPolicy? RestartPolicy { get; init; }

    /// <summary>How long before it is started again, from its next end on.</summary>
    public RestartDelay? RestartDelay { get; init; }
}
