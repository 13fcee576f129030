namespace ContainerChaos.Runtime;

/// <summary>How <see cref="FileCopy"/> copies.</summary>
public sealed record FileCopyOptions
{
    /// <summary>Copy what a symbolic link at the source's end leads to, not the link.</summary>
    public bool FollowLink { get; init; }

    /// <summary>Keep owners, groups, set-id bits and extended attributes.</summary>
    public bool Archive { get; init; }

    /// <summary>Keep set-id bits though the owner becomes another: on the way into a container.</summary>
    public bool KeepsSetId { get; init; }

    /// <summary>Who gets what is copied, unless <see cref="Archive"/> keeps the owners.</summary>
    public uint UserId { get; init; }

    /// <summary>The group of it.</summary>
    public uint GroupId { get; init; }

    /// <summary>Whether the destination must be a directory that exists, since there are several sources.</summary>
    public bool IntoDirectory { get; init; }
}
