namespace ContainerChaos.Engine;

/// <summary>One image in the manifest.json of a <c>docker save</c> archive.</summary>
internal sealed record DockerArchiveEntry
{
    public string Config { get; set; } = "";

    public IReadOnlyList<string>? RepoTags { get; set; }

    public IReadOnlyList<string> Layers { get; set; } = [];
}
