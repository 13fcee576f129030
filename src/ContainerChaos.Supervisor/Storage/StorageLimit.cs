namespace ContainerChaos.Supervisor;

/// <summary>How much a container may write into its writable layer, and what holds it to that.</summary>
public sealed record StorageLimit
{
    /// <summary>The limit in bytes.</summary>
    public long SizeBytes { get; init; }

    /// <summary>The project that the file system counts the layer for; 0 when the layer is on a disk of its own, a file.</summary>
    public uint Project { get; init; }
}
