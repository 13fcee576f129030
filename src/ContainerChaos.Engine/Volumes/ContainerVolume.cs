namespace ContainerChaos.Engine;

/// <summary>A volume: files that outlive the containers that have them.</summary>
public sealed record ContainerVolume
{
    /// <summary>The unique name; 64 hexadecimal digits for an anonymous one.</summary>
    public required string Name { get; init; }

    /// <summary>Docker's name of the driver; there is <c>local</c>.</summary>
    public string Driver { get; init; } = "local";

    /// <summary>The directory on the host.</summary>
    public required string Mountpoint { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>The driver's options.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it was made for a container that named none.</summary>
    public bool IsAnonymous { get; init; }

    /// <summary>The names of the containers that have it, running or not, in order.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];

    /// <summary>What is wrong with its files; null for nothing.</summary>
    public string? Warning { get; init; }
}
