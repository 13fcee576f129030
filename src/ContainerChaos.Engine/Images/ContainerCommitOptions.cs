namespace ContainerChaos.Engine;

/// <summary>What a new image says of itself that is made of a container.</summary>
public sealed record ContainerCommitOptions
{
    /// <summary>Who made it.</summary>
    public string? Author { get; init; }

    /// <summary>What was done.</summary>
    public string? Message { get; init; }

    /// <summary>Lines of a Dockerfile that change its configuration: CMD, ENTRYPOINT, ENV, EXPOSE, HEALTHCHECK, LABEL, ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>Leave the container running while its files are read, so that they may not fit together.</summary>
    public bool NoPause { get; init; }
}
