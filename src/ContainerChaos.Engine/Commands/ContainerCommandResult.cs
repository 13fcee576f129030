namespace ContainerChaos.Engine;

/// <summary>How a command ended that was run in a container.</summary>
public sealed record ContainerCommandResult
{
    /// <summary>The container's name.</summary>
    public required string Container { get; init; }

    /// <summary>The command's exit code; 128 + n when signal n ended it.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The lines it wrote to standard output.</summary>
    public required IReadOnlyList<string> Output { get; init; }

    /// <summary>The lines it wrote to standard error.</summary>
    public required IReadOnlyList<string> Error { get; init; }

    /// <summary>From its start to its end.</summary>
    public required TimeSpan Duration { get; init; }
}
