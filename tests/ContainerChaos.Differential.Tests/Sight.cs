namespace ContainerChaos.Differential.Tests;

/// <summary>A container as an engine describes it.</summary>
internal sealed record Sight
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string State { get; init; }

    /// <summary>0 before the first end, as Docker has it.</summary>
    public required int ExitCode { get; init; }

    public required bool OomKilled { get; init; }

    public required int RestartCount { get; init; }

    /// <summary>The host's PID of PID 1; 0 when there is none.</summary>
    public required int Pid { get; init; }

    /// <summary>Entrypoint and command.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    public required DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset? FinishedAt { get; init; }
}
