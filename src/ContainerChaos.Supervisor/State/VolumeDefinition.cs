namespace ContainerChaos.Supervisor;

/// <summary>What a volume is: written once as <c>volume.json</c> when it is made.</summary>
public sealed record VolumeDefinition
{
    /// <summary>The unique name; 64 hexadecimal digits for an anonymous one.</summary>
    public required string Name { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

    /// <summary>The options of Docker's driver <c>local</c>: <c>type</c>, <c>o</c>, <c>device</c>.</summary>
    public IReadOnlyDictionary<string, string> Options { get; set; } = new Dictionary<string, string>();

    /// <summary>Whether it was made for a container that named none.</summary>
    public bool IsAnonymous { get; init; }
}
