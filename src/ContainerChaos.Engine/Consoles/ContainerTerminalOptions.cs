namespace ContainerChaos.Engine;

/// <summary>How the caller's own terminal is connected with one in a container.</summary>
public sealed record ContainerTerminalOptions
{
    /// <summary>The keys that leave and let what runs there run on, as Docker's <c>--detach-keys</c>; empty for none.</summary>
    public string DetachKeys { get; init; } = Engine.DetachKeys.Default;

    /// <summary>The program and its arguments; empty for the shell of its user, or one that the container has.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Variables on top of the container's own.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder it starts in; null for the container's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The user it runs as, <c>user[:group]</c>; null for the container's.</summary>
    public string? User { get; init; }

    /// <summary>Whether it has every capability.</summary>
    public bool Privileged { get; init; }
}
