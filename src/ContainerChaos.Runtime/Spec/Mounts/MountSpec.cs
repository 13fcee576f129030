namespace ContainerChaos.Runtime;

/// <summary>One mount in the container (runtime-spec, config: Mounts).</summary>
public sealed record MountSpec
{
    /// <summary>Where, an absolute path in the container.</summary>
    public string Destination { get; set => field = value ?? ""; } = "";

    /// <summary>The file system's type; bind mounts need none.</summary>
    public string? Type { get; init; }

    /// <summary>A device, a name, or for a bind mount a path of the host.</summary>
    public string? Source { get; init; }

    /// <summary>Options as fstab(5) writes them.</summary>
    public IReadOnlyList<string> Options { get; set => field = value ?? []; } = [];

    /// <summary>How the users of its files are mapped (mount_setattr(2), MOUNT_ATTR_IDMAP).</summary>
    public IReadOnlyList<IdMappingSpec> UidMappings { get; set => field = value ?? []; } = [];

    /// <summary>How the groups of its files are mapped.</summary>
    public IReadOnlyList<IdMappingSpec> GidMappings { get; set => field = value ?? []; } = [];
}
