using System.Collections;
using System.Management.Automation;
using ContainerChaos.Engine;
using ContainerChaos.Supervisor;

namespace ContainerChaos.PowerShell;

// How the container's health is probed, and what follows.
public partial class NewContainerCommand
{
    /// <summary>
    /// A command that says how the container is: exit code 0 is healthy. One text is a line for the container's <c>/bin/sh</c>; several are
    /// a program and its arguments. It replaces the image's HEALTHCHECK.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string[] HealthCmd { get; set; } = [];

    /// <summary>
    /// A GET request that says how the container is, made inside its network: <c>8080/healthz</c> or <c>http://127.0.0.1:8080/healthz</c>. A
    /// status from 200 to 399 is healthy.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? HealthHttp { get; set; }

    /// <summary>Further header lines of the request of -HealthHttp.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public Hashtable? HealthHeader { get; set; }

    /// <summary>A port that must take connections from inside the container's network: <c>6379</c> or <c>127.0.0.1:6379</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? HealthTcp { get; set; }

    /// <summary>Between two probes and before the first: a time span, seconds, or text such as <c>500ms</c> or <c>1m30s</c>; 30 s by default.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [DurationArgument]
    public TimeSpan? HealthInterval { get; set; }

    /// <summary>How long a probe may take before it is killed and counts as failed; 30 s by default.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [DurationArgument]
    public TimeSpan? HealthTimeout { get; set; }

    /// <summary>How many failures in a row make it unhealthy; 3 by default.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public int? HealthRetries { get; set; }

    /// <summary>How long after the start failures do not count, unless a probe has succeeded; 0 s by default.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [DurationArgument]
    public TimeSpan? HealthStartPeriod { get; set; }

    /// <summary>Between two probes in the start period, as long as none has succeeded; 5 s by default.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [DurationArgument]
    public TimeSpan? HealthStartInterval { get; set; }

    /// <summary>
    /// What follows when it turns unhealthy: None; Kill, a crash after which the restart policy applies; Restart; or Stop, after which it does not.
    /// </summary>
    // Text: a value type of another assembly would load that when the module is imported.
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateSet(nameof(Supervisor.HealthOnFailure.None), nameof(Supervisor.HealthOnFailure.Kill), nameof(Supervisor.HealthOnFailure.Restart), nameof(Supervisor.HealthOnFailure.Stop))]
    public string HealthOnFailure { get; set; } = nameof(Supervisor.HealthOnFailure.None);

    /// <summary>Do not probe its health, whatever the image says.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public SwitchParameter NoHealthcheck { get; set; }

    /// <summary>Remove it with its files when it ends. Whoever waits for its end finds it gone.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Rm")]
    public SwitchParameter AutoRemove { get; set; }

    private HealthCheckOptions Health() => new()
    {
        None = NoHealthcheck,
        Command = HealthCmd.Length > 0 ? HealthCmd : null,
        Http = string.IsNullOrEmpty(HealthHttp) ? null : HealthHttp,
        Headers = Arguments.Pairs(HealthHeader),
        Tcp = string.IsNullOrEmpty(HealthTcp) ? null : HealthTcp,
        Interval = HealthInterval,
        Timeout = HealthTimeout,
        Retries = HealthRetries,
        StartPeriod = HealthStartPeriod,
        StartInterval = HealthStartInterval,
        OnFailure = Enum.Parse<HealthOnFailure>(HealthOnFailure, ignoreCase: true),
    };
}
