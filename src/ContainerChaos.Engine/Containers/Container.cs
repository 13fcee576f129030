using ContainerChaos.Runtime;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>A container as it stood when it was looked at: an immutable snapshot.</summary>
public sealed record Container
{
    /// <summary>The unique name.</summary>
    public required string Name { get; init; }

    /// <summary>The identifier: 64 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The image reference as it was given.</summary>
    public required string Image { get; init; }

    /// <summary>The image's identifier, <c>sha256:…</c>.</summary>
    public required string ImageId { get; init; }

    /// <summary>Where it stands.</summary>
    public required ContainerStatus State { get; init; }

    /// <summary>The last run's exit code: 0-255, 128 + n after signal n, 125-127 when it could not start; null when there was no exit yet.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Whether the kernel's OOM killer ended a process of the last run.</summary>
    public bool OomKilled { get; init; }

    /// <summary>The host's PID of PID 1; null when there is none.</summary>
    public int? Pid { get; init; }

    /// <summary>How many times the policy restarted PID 1 since the last start by an operator.</summary>
    public int RestartCount { get; init; }

    /// <summary>When PID 1 is started again.</summary>
    public required RestartPolicy RestartPolicy { get; init; }

    /// <summary>How long before PID 1 is started again.</summary>
    public required RestartDelay RestartDelay { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the last run started; null before the first.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the last run ended; null before the first end.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Entrypoint and command as they are run.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary>The image's labels and its own.</summary>
    public required IReadOnlyDictionary<string, string> Labels { get; init; }

    /// <summary><c>none</c>, <c>host</c>, <c>container:NAME</c>, or the network that it was created in.</summary>
    public required string Network { get; init; }

    /// <summary>What it may use, as it was asked for.</summary>
    public ContainerLimits Limits { get; init; } = new();

    /// <summary>What tools have written down about it.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it is kept from next to nothing.</summary>
    public bool Privileged { get; init; }

    /// <summary>The system calls that faults can be made of (<c>Invoke-SyscallFault</c>).</summary>
    public IReadOnlyList<string> FaultPoints { get; init; } = [];

    /// <summary>Its places in networks; none when it is down.</summary>
    public IReadOnlyList<ContainerEndpoint> Endpoints { get; init; } = [];

    /// <summary>The ports of the host that lead to it; none when it is down.</summary>
    public IReadOnlyList<PortMapping> Ports { get; init; } = [];

    /// <summary>Its address of version 4 in the network that it was connected to first; null when it has none.</summary>
    public string? IPAddress => Endpoints.Select(endpoint => endpoint.IPAddress).FirstOrDefault(address => address is not null);

    /// <summary>Whether PID 1 is an init that forwards signals and reaps.</summary>
    public bool Init { get; init; }

    /// <summary>Its volumes, binds and tmpfs mounts.</summary>
    public IReadOnlyList<Supervisor.ContainerMount> Mounts { get; init; } = [];

    /// <summary>Whether PID 1 has a terminal.</summary>
    public bool Tty { get; init; }

    /// <summary>Whether PID 1's standard input stays open for whoever attaches.</summary>
    public bool Interactive { get; init; }

    /// <summary>Why the last start failed; null when it did not.</summary>
    public string? Error { get; init; }

    /// <summary>What the last start could not grant, a sentence each: limits whose control group is not delegated to an ordinary user.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The signal that asks PID 1 to stop, by number.</summary>
    public int StopSignal { get; init; }

    /// <summary>The grace period between the stop signal and SIGKILL.</summary>
    public TimeSpan StopTimeout { get; init; }

    /// <summary>Its cgroup, relative to the root of each hierarchy.</summary>
    public required string CgroupPath { get; init; }

    /// <summary>Its log, a file of json-file lines.</summary>
    public required string LogPath { get; init; }

    /// <summary>Its directory below the data root.</summary>
    public required string RootPath { get; init; }

    /// <summary>Its directory below the run root, which is there while it runs.</summary>
    public required string RunPath { get; init; }

    /// <summary>What its health probes have found: the verdict, the failing streak, the last five results; null when it has none, or never ran.</summary>
    public ContainerHealth? Health { get; init; }

    /// <summary>How its health is probed; null when it is not.</summary>
    public HealthCheck? HealthCheck { get; init; }

    /// <summary>Whether it is removed when it ends.</summary>
    public bool AutoRemove { get; init; }

    /// <summary>The first 12 digits of the id, as lists show it.</summary>
    public string ShortId => Id[..12];

    /// <summary>How long the current run lasts; null when it does not run.</summary>
    public TimeSpan? Uptime => State is ContainerStatus.Running or ContainerStatus.Paused && StartedAt is { } started
        ? DateTimeOffset.UtcNow - started
        : null;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
