using ContainerChaos.Supervisor;

namespace ContainerChaos.Engine;

/// <summary>How a new container's health shall be probed, with the names of <c>docker run</c>'s and podman's options. What is not given is the image's, or Docker's default.</summary>
public sealed record HealthCheckOptions
{
    /// <summary>No probe, whatever the image says (<c>--no-healthcheck</c>).</summary>
    public bool None { get; init; }

    /// <summary>
    /// A command: one text is a line for <c>/bin/sh -c</c>, as with <c>--health-cmd</c>; several are executed as they are. The first may
    /// also be a Dockerfile's <c>CMD</c>, <c>CMD-SHELL</c> or <c>NONE</c>.
    /// </summary>
    public IReadOnlyList<string>? Command { get; init; }

    /// <summary>A GET request from inside the container's network: <c>8080/healthz</c> or <c>http://127.0.0.1:8080/healthz</c>.</summary>
    public string? Http { get; init; }

    /// <summary>Further header lines of that request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>A connection from inside the container's network: <c>6379</c> or <c>127.0.0.1:6379</c>.</summary>
    public string? Tcp { get; init; }

    /// <summary>Between two probes, and before the first; 30 s.</summary>
    public TimeSpan? Interval { get; init; }

    /// <summary>How long a probe may take; 30 s.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How many failures in a row make it unhealthy; 3.</summary>
    public int? Retries { get; init; }

    /// <summary>How long after the start failures do not count; 0 s.</summary>
    public TimeSpan? StartPeriod { get; init; }

    /// <summary>Between two probes in the start period; 5 s.</summary>
    public TimeSpan? StartInterval { get; init; }

    /// <summary>What follows when it turns unhealthy; nothing.</summary>
    public HealthOnFailure OnFailure { get; init; }
}
