namespace ContainerChaos.Engine;

/// <summary>How files are copied to and from containers, by the names of <c>docker cp</c>.</summary>
public sealed record ContainerCopyOptions
{
    /// <summary>Copy what a symbolic link leads to that a source's path ends with, not the link. Links inside a directory stay links.</summary>
    public bool FollowLink { get; init; }

    /// <summary>Keep owners, groups and extended attributes. Without it what comes in is root's, and what goes out is the caller's.</summary>
    public bool Archive { get; init; }
}
