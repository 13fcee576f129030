using System.Text.Json.Serialization;

namespace ContainerChaos.Supervisor;

/// <summary>
/// What a container is, apart from its runtime-spec: <c>container.json</c>, written when it is created, read by its monitor and by every
/// engine call. Its name, its limits and its restart policy can change, by one rename of the whole.
/// </summary>
/// <remarks>
/// While a monitor lives it is the one that writes; otherwise the engine call that holds the lock on the container's directory does
/// (<see cref="ContainerPaths.DefinitionLock"/>, docs/decisions/0060).
///
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

    /// <summary>Null for a PID namespace of its own; <c>host</c> or <c>container:NAME</c>.</summary>
    public string? PidMode { get; init; }

    /// <summary>The id of the container whose PID namespace is joined.</summary>
    public string? PidContainerId { get; init; }

    /// <summary>Null or <c>private</c> for an IPC namespace of its own, <c>shareable</c> for one that others may join; <c>host</c> or <c>container:NAME</c>.</summary>
    public string? IpcMode { get; init; }

    /// <summary>The id of the container whose IPC namespace is joined.</summary>
    public string? IpcContainerId { get; init; }

    /// <summary>Whether it has every device of the host, as they are when it starts.</summary>
    public bool Privileged { get; init; }

    /// <summary>The system calls that faults can be made of: each is intercepted, and answered from outside.</summary>
    public IReadOnlyList<string> FaultPoints { get; set; } = [];

    /// <summary>What it may use; null when only the runtime-spec says so.</summary>
    public ContainerLimits? Limits { get; init; }

    /// <summary>What tools have written down about it; the engine takes no notice.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; set; } = new Dictionary<string, string>();

    /// <summary>The overlay's lower directories, top layer first; empty when the runtime-spec's root is used as it is.</summary>
    public IReadOnlyList<string> LowerDirs { get; set; } = [];

    /// <summary>The limit of its writable layer; null for none.</summary>
    public StorageLimit? Storage { get; init; }

    /// <summary>Its volumes, binds and tmpfs mounts, in the order in which they are mounted.</summary>
    public IReadOnlyList<ContainerMount> Mounts { get; set; } = [];

    /// <summary>Why this stands for a definition that can't be read; null for a real one.</summary>
    [JsonIgnore]
    public string? Damage { get; init; }

    /// <summary>How the log is rotated.</summary>
    public LogOptions Log { get; set; } = new();

    /// <summary>How its health is probed; null when it is not.</summary>
    public HealthCheck? HealthCheck { get; init; }

    /// <summary>Whether it is removed when it ends.</summary>
    public bool AutoRemove { get; init; }
}
