namespace ContainerChaos.Engine;

/// <summary>How a container is removed.</summary>
public sealed record ContainerRemoveOptions
{
    /// <summary>Kill it first if it runs.</summary>
    public bool Force { get; init; }

    /// <summary>Remove the anonymous volumes as well that no other container has, as Docker's <c>rm -v</c>.</summary>
    public bool Volumes { get; init; }
}
