namespace ContainerChaos.Engine;

/// <summary>One step of how an image came about: a layer, or a change of its configuration only.</summary>
public sealed record ImageHistoryEntry
{
    /// <summary>The image's reference.</summary>
    public required string Image { get; init; }

    /// <summary>When it was made; null when the image does not say.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>What made it, such as a line of a Dockerfile.</summary>
    public required string CreatedBy { get; init; }

    /// <summary>Who made it.</summary>
    public required string Author { get; init; }

    /// <summary>What they said of it.</summary>
    public required string Comment { get; init; }

    /// <summary>The digest of its layer; null when it has none.</summary>
    public string? Layer { get; init; }

    /// <summary>The sum of the sizes of the layer's files, in bytes.</summary>
    public long SizeBytes { get; init; }
}
