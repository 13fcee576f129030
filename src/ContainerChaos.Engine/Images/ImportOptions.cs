namespace ContainerChaos.Engine;

/// <summary>The defaults that an imported root file system gets, since a bare tree carries none.</summary>
public sealed record ImportOptions
{
    /// <summary>The program that every command is an argument of; empty for none.</summary>
    public IReadOnlyList<string> Entrypoint { get; init; } = [];

    /// <summary>The default command.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Default environment, as <c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>The folder that commands start in; an absolute path.</summary>
    public string WorkingDirectory { get; init; } = "/";

    /// <summary>The default user, <c>user[:group]</c>; empty for root.</summary>
    public string User { get; init; } = "";

    /// <summary>The signal that asks its containers to stop, by name or number; null for SIGTERM.</summary>
    public string? StopSignal { get; init; }

    /// <summary>Labels that its containers inherit.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Takes what is left out and is no error: device nodes, which an ordinary user can't make. Null when nobody listens.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Whether nothing was asked for that a configuration would say.</summary>
    internal bool HasDefaults => Entrypoint.Count + Command.Count + Env.Count + Labels.Count == 0 && WorkingDirectory == "/" && User.Length == 0 && StopSignal is null;
}
