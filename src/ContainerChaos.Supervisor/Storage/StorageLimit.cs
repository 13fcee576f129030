using ContainerChaos.Linux;

namespace ContainerChaos.Supervisor;

/// <summary>How much a container may write into its writable layer, and what holds it to that.</summary>
public sealed record StorageLimit
{
    /// <summary>The limit in bytes.</summary>
    public long SizeBytes { get; init; }

    /// <summary>The project that the file system counts the layer for; 0 when the layer is on a disk of its own, a file.</summary>
    public uint Project { get; init; }

    /// <summary>Takes the limit of a project away that nobody is to have any more.</summary>
    /// <param name="directory">A directory of the file system.</param>
    public void Release(string directory)
    {
        if (Project > 0 && ProjectQuota.IsEnforced(directory))
            ProjectQuota.SetLimit(directory, Project, 0);
    }
}
