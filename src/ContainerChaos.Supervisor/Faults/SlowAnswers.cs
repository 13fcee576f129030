namespace ContainerChaos.Supervisor;

/// <summary>How late a target gets answers when it asks for a name, as long as the fault lasts.</summary>
public sealed record SlowAnswers
{
    /// <summary>How long each question is held, before it is put to the server that it was for.</summary>
    public required TimeSpan Delay { get; init; }

    /// <summary>The addresses of these servers. What is asked of others is not held.</summary>
    public required IReadOnlyList<string> Servers { get; init; }
}
