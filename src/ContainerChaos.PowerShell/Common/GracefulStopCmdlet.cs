using System.Management.Automation;

namespace ContainerChaos.PowerShell;

/// <summary>An action that ends PID 1 within a grace period.</summary>
public abstract class GracefulStopCmdlet : PassThruCmdlet
{
    /// <summary>
    /// The grace period in seconds (a number or a time span): how long after the stop signal SIGKILL follows.
    /// Without it the container's own counts, 10 s by default; 0 kills at once.
    /// </summary>
    [Parameter]
    [Alias("Time", "t")]
    [SecondsArgument]
    [ValidateRange(0d, 86400d)]
    public double Timeout { get; set; } = double.NaN;

    /// <summary>The grace period to pass on; null for the container's own.</summary>
    private protected TimeSpan? GracePeriod => double.IsNaN(Timeout) ? null : TimeSpan.FromSeconds(Timeout);

    /// <summary>Stopping is waiting, so many wait at a time.</summary>
    private protected override int Concurrency => 128;
}
