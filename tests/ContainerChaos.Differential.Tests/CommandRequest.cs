namespace ContainerChaos.Differential.Tests;

/// <summary>A command to be run in a container that runs.</summary>
internal sealed record CommandRequest(params IReadOnlyList<string> Command)
{
    public IReadOnlyList<string> Env { get; init; } = [];

    public string? User { get; init; }

    public string? WorkingDirectory { get; init; }
}
