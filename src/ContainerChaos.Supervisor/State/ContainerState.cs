using ContainerChaos.Linux;
using ContainerChaos.Runtime;

namespace ContainerChaos.Supervisor;

/// <summary>
/// Where a container stands: written as <c>state.json</c>, by rename, by its monitor alone
/// (the engine writes the first one, <see cref="ContainerStatus.Created"/>).
/// </summary>
public sealed record ContainerState
{
    /// <summary>The state as of the last write. A reader checks PID 1 and the monitor's lock before it trusts <c>running</c>.</summary>
    public ContainerStatus Status { get; init; }

    /// <summary>The host's PID of PID 1; 0 when there is none.</summary>
    public int Pid { get; init; }

    /// <summary>Start time of PID 1 in clock ticks after boot (proc_pid_stat(5), field 22): with the PID it names one process for good.</summary>
    public ulong PidStartTime { get; init; }

    /// <summary>
    /// The last exit code: 0-255, 128+n after signal n, 125-127 when the start failed; null when there was no exit,
    /// or none that could be read (the monitor was dead and the kernel keeps no exit code for a stranger's child).
    /// </summary>
    public int? ExitCode { get; init; }

    /// <summary>Whether the kernel's OOM killer ended a process of the last run.</summary>
    public bool OomKilled { get; init; }

    /// <summary>Why the last start failed; null when it did not.</summary>
    public string? Error { get; init; }

    /// <summary>What the last start could not grant, a sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; set; } = [];

    /// <summary>How many times the policy restarted PID 1 since the last start by an operator.</summary>
    public int RestartCount { get; init; }

    /// <summary>When the last run started.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the last run ended.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>The PID of the monitor that wrote this; 0 when none runs.</summary>
    public int MonitorPid { get; init; }

    /// <summary>Whether an operator stopped or killed it, which disarms the restart policy until the next start.</summary>
    public bool ManuallyStopped { get; init; }

    /// <summary>Its places in networks; none when it is down, or in none of the engine's networks.</summary>
    public IReadOnlyList<ContainerEndpoint> Endpoints { get; set; } = [];

    /// <summary>The ports of the host that lead to it now.</summary>
    public IReadOnlyList<PortMapping> Ports { get; set; } = [];

    /// <summary>The host's PID of the process that keeps the terminal, or the input, while no monitor does; 0 when there is none.</summary>
    public int ConsoleHolderPid { get; init; }

    /// <summary>Its start time.</summary>
    public ulong ConsoleHolderStartTime { get; init; }

    /// <summary>The OOM killer's count in the container's control group when the last run started.</summary>
    public long OomKillsAtStart { get; init; }

    /// <summary>What its health probes found; null when it has none, or never ran.</summary>
    public ContainerHealth? Health { get; init; }

    /// <summary>The boot that this was written in (<c>/proc/sys/kernel/random/boot_id</c>): what ran in an earlier one is down, whatever its PID is now.</summary>
    public string? BootId { get; init; }

    /// <summary>Whether this says that PID 1 runs, or is about to.</summary>
    public bool IsActive() => Status is ContainerStatus.Running or ContainerStatus.Paused or ContainerStatus.Restarting;

    /// <summary>
    /// The state as it is in this boot. What an earlier boot left running has ended with that, with the exit code that Docker gives
    /// it: 255. It was not stopped by anybody.
    /// </summary>
    public ContainerState InThisBoot() => BootId is null || BootId == BootIdentity.Current || Status is ContainerStatus.Created
        ? this
        : this with
        {
            Status = IsActive() ? ContainerStatus.Exited : Status,
            ExitCode = IsActive() ? 255 : ExitCode,
            FinishedAt = IsActive() ? FinishedAt ?? SystemUptime.ReadBootTime() : FinishedAt,
            Health = IsActive() && Health is { } health ? health with { Status = HealthStatus.Unhealthy } : Health,
            Pid = 0,
            PidStartTime = 0,
            MonitorPid = 0,
            Endpoints = [],
            Ports = [],
        };
}
