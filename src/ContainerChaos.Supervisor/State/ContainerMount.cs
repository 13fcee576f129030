namespace ContainerChaos.Supervisor;

/// <summary>What a container has mounted beside its root: a volume, a directory or file of the host, or a file system in memory.</summary>
public sealed record ContainerMount
{
    /// <summary>The type of a volume.</summary>
    public const string VolumeType = "volume";

    /// <summary>The type of a path of the host.</summary>
    public const string BindType = "bind";

    /// <summary>The type of a file system in memory.</summary>
    public const string TmpfsType = "tmpfs";

    /// <summary><c>volume</c>, <c>bind</c> or <c>tmpfs</c>, as Docker names them.</summary>
    public required string Type { get; init; }

    /// <summary>The volume's name; null for the others.</summary>
    public string? Name { get; init; }

    /// <summary>The path on the host; empty for a tmpfs.</summary>
    public string Source { get; set; } = "";

    /// <summary>The absolute path in the container.</summary>
    public required string Destination { get; init; }

    /// <summary>Whether it can't be written through.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>How mounts below it are passed on (mount_namespaces(7)): <c>rprivate</c>, <c>rslave</c>, <c>rshared</c> and the same without r; empty for a tmpfs.</summary>
    public string Propagation { get; set; } = "";

    /// <summary>Whether the volume was made for this container alone, without a name of its own.</summary>
    public bool IsAnonymous { get; init; }
}
