namespace ContainerChaos.Engine;

/// <summary>What a clearing looks for.</summary>
public sealed record PruneOptions
{
    /// <summary>Containers that do not run.</summary>
    public bool Containers { get; init; }

    /// <summary>Images without a name that no container has.</summary>
    public bool Images { get; init; }

    /// <summary>Images with a name too, but for the embedded one, which would be back at once.</summary>
    public bool AllImages { get; init; }

    /// <summary>Anonymous volumes that no container has.</summary>
    public bool Volumes { get; init; }

    /// <summary>Named volumes too.</summary>
    public bool AllVolumes { get; init; }

    /// <summary>User-defined networks that no container is to be in.</summary>
    public bool Networks { get; init; }

    /// <summary>Only what was made before this moment; null for all.</summary>
    public DateTimeOffset? Before { get; init; }

    /// <summary>Only what has all of these labels, <c>name</c> or <c>name=value</c>.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];
}
