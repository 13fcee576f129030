namespace ContainerChaos.Supervisor;

/// <summary>
/// What a container is, apart from its runtime-spec: written once as <c>container.json</c> when it is created,
/// read by its monitor and by every engine call.
/// </summary>
/// <remarks>
/// Properties with a default are settable, not init-only: the JSON source generator gives an init-only property that is
/// absent from the document null, and its default is lost.
/// </remarks>
public sealed record ContainerDefinition
{
    /// <summary>The identifier: 64 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The unique name.</summary>
    public required string Name { get; init; }

    /// <summary>The image reference as it was given.</summary>
    public string Image { get; set; } = "";

    /// <summary>The image's identifier (<c>sha256:…</c>).</summary>
    public string ImageId { get; set; } = "";

    /// <summary>When it was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Entrypoint and command as PID 1 runs them.</summary>
    public IReadOnlyList<string> Command { get; set; } = [];

    /// <summary>The labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; set; } = new Dictionary<string, string>();

    /// <summary>When PID 1 is started again.</summary>
    public RestartPolicy RestartPolicy { get; set; } = RestartPolicy.No;

    /// <summary>How long before it is started again.</summary>
    public RestartDelay RestartDelay { get; set; } = RestartDelay.Docker;

    /// <summary>Whether PID 1 is our init, which forwards signals and reaps, with the command as its child.</summary>
    public bool Init { get; init; }

    /// <summary>Whether PID 1 has a terminal of its own (runtime-spec, process.terminal).</summary>
    public bool Tty { get; init; }

    /// <summary>Whether PID 1's standard input is open and stays so until somebody who is attached ends it; without it, it is empty.</summary>
    public bool Interactive { get; init; }

    /// <summary>The signal that asks PID 1 to end, by number; 15 (SIGTERM) unless the image says otherwise.</summary>
    public int StopSignal { get; set; } = 15;

    /// <summary>The grace period: how long after the stop signal SIGKILL follows.</summary>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary><c>none</c>, <c>host</c>, <c>container:NAME</c>, or the network that it was created in.</summary>
    public string NetworkMode { get; set; } = "none";

    /// <summary>The id of the container whose network namespace is joined; null unless the mode is <c>container:NAME</c>.</summary>
    public string? NetworkContainerId { get; init; }

    /// <summary>The overlay's lower directories, top layer first; empty when the runtime-spec's root is used as it is.</summary>
    public IReadOnlyList<string> LowerDirs { get; set; } = [];

    /// <summary>How the log is rotated.</summary>
    public LogOptions Log { get; set; } = new();
}
