namespace ContainerChaos.Linux;

/// <summary>How files are carried from one tree into another.</summary>
public sealed record TransferOptions
{
    /// <summary>Who gets what is made; null for those who have it in the source.</summary>
    public (uint User, uint Group)? Owner { get; init; }

    /// <summary>Whether set-uid and set-gid bits and extended attributes, file capabilities among them, are kept.</summary>
    public bool KeepsPrivileges { get; init; }

    /// <summary>Takes what is left out, a sentence each.</summary>
    public Action<string>? Warn { get; init; }
}
