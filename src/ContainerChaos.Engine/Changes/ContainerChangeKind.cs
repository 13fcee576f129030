namespace ContainerChaos.Engine;

/// <summary>What a container did to a file of its image, as <c>docker diff</c> tells them apart.</summary>
public enum ContainerChangeKind
{
    /// <summary><c>C</c>: it is in the image too, and content, mode, owner or time differ; of a directory also that something in it does.</summary>
    Changed,

    /// <summary><c>A</c>: the image does not have it.</summary>
    Added,

    /// <summary><c>D</c>: the image has it, and the container does not. What was in a deleted directory is not listed.</summary>
    Deleted,
}
