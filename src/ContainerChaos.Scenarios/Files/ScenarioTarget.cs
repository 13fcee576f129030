using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios;

/// <summary>The container of a trial.</summary>
public sealed record ScenarioTarget
{
    /// <summary>The image.</summary>
    public string Image { get; init; } = "target:latest";

    /// <summary>
    /// The container's TCP port that is published, under the same number: the load goes there, in a network namespace of the trial's own. Null for a load on
    /// a Unix socket.
    /// </summary>
    public int? Publish { get; init; }

    /// <summary>Where the load reaches the published port.</summary>
    public ScenarioClient Client { get; init; }

    /// <summary>The command. The runner appends <c>--unix PATH</c>, where the load connects, unless a port is published.</summary>
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
