namespace ContainerChaos.Runtime;

/// <summary>The container's state in a message to an agent (runtime-spec, runtime: State).</summary>
internal sealed record SeccompContainerState
{
    /// <summary>The config's version of the specification.</summary>
    public required string OciVersion { get; init; }

    /// <summary>The container.</summary>
    public required string Id { get; init; }

    /// <summary>Its status: creating, or running for a command executed in it.</summary>
    public required string Status { get; init; }

    /// <summary>The process.</summary>
    public required int Pid { get; init; }

    /// <summary>The bundle's directory.</summary>
    public required string Bundle { get; init; }

    /// <summary>The config's annotations.</summary>
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}
