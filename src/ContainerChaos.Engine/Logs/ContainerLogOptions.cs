namespace ContainerChaos.Engine;

/// <summary>Which part of a container's log to read.</summary>
public sealed record ContainerLogOptions
{
    /// <summary>Only the last so many lines; null for all.</summary>
    public int? Tail { get; init; }

    /// <summary>Only lines written at or after this moment; null for all.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Go on with what is written from now, until the container is finally down.</summary>
    public bool Follow { get; init; }
}
