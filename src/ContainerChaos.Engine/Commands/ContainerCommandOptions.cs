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

    /// <summary>Whether it has every capability that there is, as with <c>docker exec --privileged</c>.</summary>
    public bool Privileged { get; init; }

    /// <summary>Whether it has a terminal of its own: its output and its errors are one then, and lines end as on a terminal.</summary>
    public bool Tty { get; init; }

    /// <summary>What it reads from standard input; null for nothing. A terminal gets it typed, with ctrl-D at its end.</summary>
    public ReadOnlyMemory<byte>? Input { get; init; }

    /// <summary>The size of its terminal; null for none.</summary>
    internal Linux.TerminalSize? Size { get; init; }

    /// <summary>How long it may take; it is killed after that and the call fails. Null for no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Called with each line as it comes, on a thread of the engine; null to only collect.</summary>
    public Action<ContainerCommandLine>? OnLine { get; init; }
}
