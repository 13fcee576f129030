namespace ContainerChaos.Engine;

/// <summary>How a stay in a container's terminal ended.</summary>
public sealed record ContainerTerminalResult
{
    /// <summary>The container's name.</summary>
    public required string Container { get; init; }

    /// <summary>The exit code of what ran there; null when it runs on.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Whether the detach keys ended it.</summary>
    public bool IsDetached => ExitCode is null;

    /// <summary>How long it was.</summary>
    public required TimeSpan Duration { get; init; }
}
