namespace ContainerChaos.Linux;

/// <summary>What a step of a <see cref="ChildProgram"/> belongs to, for telling a missing command from a failed mount.</summary>
public enum ChildStage
{
    /// <summary>Namespaces, the root, limits, identity.</summary>
    Setup,

    /// <summary>The mounts that the container's config names.</summary>
    Mount,

    /// <summary>The first fork inside the container.</summary>
    Fork,

    /// <summary>The change into the working directory.</summary>
    WorkingDirectory,

    /// <summary>The execve(2) of the command.</summary>
    Execute,
}
