namespace ContainerChaos.Engine;

/// <summary>What all images, all containers or all volumes take on the disk.</summary>
public sealed record ContainerDiskUsage
{
    /// <summary>Images, Containers or Volumes.</summary>
    public required string Type { get; init; }

    /// <summary>How many there are.</summary>
    public required int TotalCount { get; init; }

    /// <summary>How many are used: images and volumes of which there is a container, containers that run.</summary>
    public required int Active { get; init; }

    /// <summary>The size in bytes. A layer that several images have counts once.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>How much of it would be free without those that nobody uses.</summary>
    public required long ReclaimableBytes { get; init; }

    /// <summary>Each of them.</summary>
    public IReadOnlyList<ContainerDiskUsageItem> Items { get; init; } = [];
}
