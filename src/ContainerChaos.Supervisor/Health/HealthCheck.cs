namespace ContainerChaos.Supervisor;

/// <summary>How a container's health is probed, and what follows.</summary>
/// <remarks>Docker's HEALTHCHECK with its defaults; the kinds beside the command are our own, and need no program in the image.</remarks>
public sealed record HealthCheck
{
    /// <summary>Which probe.</summary>
    public HealthCheckKind Kind { get; set; }

    /// <summary>The command of <see cref="HealthCheckKind.Exec"/>, as it is executed: with the container's user, folder and variables.</summary>
    public IReadOnlyList<string> Command { get; set; } = [];

    /// <summary>The address that the other kinds connect to, as the container sees it.</summary>
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>The port that they connect to.</summary>
    public int Port { get; set; }

    /// <summary>What <see cref="HealthCheckKind.Http"/> asks for: path and query.</summary>
    public string Path { get; set; } = "/";

    /// <summary>Further header lines of its request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>();

    /// <summary>From the start to the first probe, and from the end of one to the begin of the next.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long one may take.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after the start failures do not count, unless a probe has succeeded.</summary>
    public TimeSpan StartPeriod { get; set; }

    /// <summary>The interval in the start period, as long as no probe has succeeded.</summary>
    public TimeSpan StartInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How many failures in a row make it unhealthy.</summary>
    public int Retries { get; set; } = 3;

    /// <summary>What follows then.</summary>
    public HealthOnFailure OnFailure { get; set; }

    /// <summary>The probe as one reads it: the command, a URL, or address and port.</summary>
    public override string ToString()
    {
        var address = Address.Contains(':') ? $"[{Address}]" : Address;
        return Kind switch
        {
            HealthCheckKind.Exec => string.Join(' ', Command),
            HealthCheckKind.Http => $"http://{address}:{Port}{Path}",
            _ => $"tcp://{address}:{Port}",
        };
    }
}
