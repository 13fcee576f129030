namespace ContainerChaos.Engine;

/// <summary>What one image, container or volume takes on the disk.</summary>
public sealed record ContainerDiskUsageItem
{
    /// <summary>Image, Container or Volume.</summary>
    public required string Type { get; init; }

    /// <summary>Its name or reference.</summary>
    public required string Name { get; init; }

    /// <summary>The image's or the container's id, the volume's name.</summary>
    public required string Id { get; init; }

    /// <summary>The size in bytes: of an image its layers' files, of a container all that lies in its directory, its writable layer and its log among it.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>The part of it that other images have as well.</summary>
    public long SharedBytes { get; init; }

    /// <summary>The part of it that nobody else has.</summary>
    public long UniqueBytes => SizeBytes - SharedBytes;

    /// <summary>How many containers have it.</summary>
    public int Containers { get; init; }

    /// <summary>Whether it is used: an image or a volume of which there is a container, a container that runs.</summary>
    public required bool IsActive { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}
