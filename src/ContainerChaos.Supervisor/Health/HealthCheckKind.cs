using System.Text.Json.Serialization;

namespace ContainerChaos.Supervisor;

/// <summary>How a container's health is probed.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<HealthCheckKind>))]
public enum HealthCheckKind
{
    /// <summary>A command executed inside; exit code 0 is healthy.</summary>
    Exec,

    /// <summary>A GET request from inside its network; a status from 200 to 399 is healthy.</summary>
    Http,

    /// <summary>A connection from inside its network; one that stands is healthy.</summary>
    Tcp,
}
