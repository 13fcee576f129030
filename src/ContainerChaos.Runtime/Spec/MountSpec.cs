namespace ContainerChaos.Runtime;

/// <summary>One mount in the container (runtime-spec, config: Mounts).</summary>
public sealed record MountSpec
{
    /// <summary>Where, an absolute path in the container.</summary>
    public string Destination { get; set; } = "";

    /// <summary>The file system's type; bind mounts need none.</summary>
    public string? Type { get; init; }

    /// <summary>A device, a name, or for a bind mount a path of the host.</summary>
    public string? Source { get; init; }

    /// <summary>Options as fstab(5) writes them.</summary>
    public IReadOnlyList<string> Options { get; set; } = [];
}
