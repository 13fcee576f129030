namespace ContainerChaos.Engine;

/// <summary>What a new volume shall be.</summary>
public sealed record VolumeCreateOptions
{
    /// <summary>The unique name, <c>[a-zA-Z0-9][a-zA-Z0-9_.-]+</c>; null for 64 hexadecimal digits.</summary>
    public string? Name { get; init; }

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Options of Docker's driver <c>local</c>: <c>type=none</c>, <c>o=bind</c>, <c>device=/host/path</c> for a volume that is a directory of the host.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}
