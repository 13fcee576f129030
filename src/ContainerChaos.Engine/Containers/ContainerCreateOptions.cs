using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>What a new container shall be. Only the image is required.</summary>
public sealed partial record ContainerCreateOptions : ContainerLimitOptions
{
    /// <summary>The unique name, <c>[a-zA-Z0-9][a-zA-Z0-9_.-]+</c>; null to have one made up.</summary>
    public string? Name { get; init; }

    /// <summary>The image's reference, <c>repository[:tag]</c>, or its id.</summary>
    public required string Image { get; init; }

    /// <summary>The command, or the entrypoint's arguments; empty for the image's default.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Replaces the image's entrypoint, and with it the image's default command; null to keep both.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>When PID 1 is started again.</summary>
    public RestartPolicy RestartPolicy { get; init; } = RestartPolicy.No;

    /// <summary>How long before PID 1 is started again.</summary>
    public RestartDelay RestartDelay { get; init; } = RestartDelay.Docker;

    /// <summary>Put an init in as PID 1 that forwards signals and reaps; the command is its child.</summary>
    public bool Init { get; init; }

    /// <summary>Give PID 1 a terminal: its output and its errors are one then.</summary>
    public bool Tty { get; init; }

    /// <summary>Keep PID 1's standard input open for whoever attaches; without it, it is empty. With a terminal it is open anyway.</summary>
    public bool Interactive { get; init; }

    /// <summary>The signal that asks PID 1 to stop: a name with or without SIG, or a number; null for the image's or SIGTERM.</summary>
    public string? StopSignal { get; init; }

    /// <summary>The grace period between the stop signal and SIGKILL; null for 10 s.</summary>
    public TimeSpan? StopTimeout { get; init; }

    /// <summary>
    /// <c>none</c> (a loopback of its own), <c>host</c>, <c>container:NAME</c> to join another container's, <c>bridge</c>, or the name or id of a network;
    /// null for <see cref="EngineOptions.DefaultNetwork"/>.
    /// </summary>
    public string? Network { get; init; }

    /// <summary>Further names that the others of a user-defined network can reach it by.</summary>
    public IReadOnlyList<string> NetworkAliases { get; init; } = [];

    /// <summary>The address of version 4 that it must have in a user-defined network; null for any.</summary>
    public string? IPAddress { get; init; }

    /// <summary>The address of version 6 that it must have in a user-defined network; null for any.</summary>
    public string? IPv6Address { get; init; }

    /// <summary>Ports of the host that lead to it, as Docker's <c>-p</c> writes them: <c>[address:][host port:]port[/udp]</c>, with ranges.</summary>
    public IReadOnlyList<string> Publish { get; init; } = [];

    /// <summary>
    /// Leads a free port of the host to each TCP and UDP port that the image exposes and <see cref="Publish"/> does not name, as Docker's <c>-P</c> does. Which
    /// they are is chosen at each start.
    /// </summary>
    public bool PublishAll { get; init; }

    /// <summary>
    /// Volumes and binds as Docker's <c>-v</c> writes them: <c>name:/container/path[:ro,nocopy]</c>, <c>/host/path:/container/path[:ro,rslave]</c>,
    /// <c>/container/path</c> for an anonymous volume. A missing volume is made, and a missing host path becomes a directory.
    /// </summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];

    /// <summary>Mounts as Docker's <c>--mount</c> writes them: <c>type=volume,source=name,target=/container/path,readonly</c>. A missing host path is an error.</summary>
    public IReadOnlyList<string> Mounts { get; init; } = [];

    /// <summary>File systems in memory as Docker's <c>--tmpfs</c> writes them: <c>/container/path[:size=64m,mode=1777]</c>.</summary>
    public IReadOnlyList<string> Tmpfs { get; init; } = [];

    /// <summary>Docker's <c>--storage-opt</c>: <c>size=1GB</c> limits the writable layer. Writing more ends with ENOSPC or EDQUOT.</summary>
    public IReadOnlyList<string> StorageOptions { get; init; } = [];

    /// <summary>The folder PID 1 starts in, an absolute path; null for the image's.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Make the root file system read-only; volumes and /dev/shm stay writable.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>How the log is rotated.</summary>
    public LogOptions Log { get; init; } = new();

    /// <summary>How its health is probed; null for the image's way.</summary>
    public HealthCheckOptions? Health { get; init; }

    /// <summary>Remove it when it ends, as with <c>docker run --rm</c>; not together with a restart policy.</summary>
    public bool AutoRemove { get; init; }
}
