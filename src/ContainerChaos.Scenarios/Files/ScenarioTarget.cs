using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>The container of a trial.</summary>
public sealed record ScenarioTarget
{
    /// <summary>The image.</summary>
    public string Image { get; init; } = "target:latest";

    /// <summary>The command; the runner appends <c>--unix PATH</c>, where the load connects.</summary>
    public IReadOnlyList<string> Command { get; init; } = ["serve"];

    /// <summary>The memory limit in bytes; null for none.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>The limit of processes and threads; null for none.</summary>
    public int? PidsLimit { get; init; }

    /// <summary>The CPUs it may use; null for all.</summary>
    public double? Cpus { get; init; }

    /// <summary>The back-off.</summary>
    public RestartDelay RestartDelay { get; init; } = RestartDelay.Docker;

    /// <summary>The grace period of a stop.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
