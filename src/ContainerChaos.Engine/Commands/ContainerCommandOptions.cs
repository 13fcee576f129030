namespace ContainerChaos.Engine;

/// <summary>A command to run beside PID 1, in a running container.</summary>
public sealed record ContainerCommandOptions
{
    /// <summary>The program and its arguments. A name without a slash is looked up in the container's PATH.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>Variables on top of the container's own.</summary>
    public IReadOnlyDictionary<string, string> Env { get; init; } = new Dictionary<string, string>();

    /// <summary>The folder it starts in; null for the container's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The user it runs as, <c>user[:group]</c>; null for the container's.</summary>
    public string? User { get; init; }

    /// <summary>How long it may take; it is killed after that and the call fails. Null for no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Called with each line as it comes, on a thread of the engine; null to only collect.</summary>
    public Action<ContainerCommandLine>? OnLine { get; init; }
}
