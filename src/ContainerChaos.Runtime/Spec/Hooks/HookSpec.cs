namespace ContainerChaos.Runtime;

/// <summary>One program that a hook runs; it gets the container's state as JSON on its standard input.</summary>
public sealed record HookSpec
{
    /// <summary>The program, an absolute path.</summary>
    public string Path { get; set => field = value ?? ""; } = "";

    /// <summary>Its arguments, its name included; none gives the path as the name.</summary>
    public IReadOnlyList<string> Args { get; set => field = value ?? []; } = [];

    /// <summary>Its whole environment, NAME=value each; null for the runtime's own, or the process's for startContainer, as runc has it.</summary>
    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>Seconds after which it is killed; null never.</summary>
    public long? Timeout { get; init; }
}
