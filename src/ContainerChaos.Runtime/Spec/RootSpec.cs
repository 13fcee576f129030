namespace ContainerChaos.Runtime;

/// <summary>The root file system (runtime-spec, config: Root).</summary>
public sealed record RootSpec
{
    /// <summary>The directory, absolute or below the bundle.</summary>
    public string Path { get; set => field = value ?? ""; } = "";

    /// <summary>Whether it is mounted read-only.</summary>
    public bool Readonly { get; init; }
}
