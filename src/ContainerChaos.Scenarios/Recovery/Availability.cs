namespace ContainerChaos.Scenarios.Recovery;

/// <summary>The share of requests that a user gets answered over a stretch of time that begins with the fault.</summary>
public static class Availability
{
    /// <summary>
    /// States what was measured for a fixed stretch, so that trials that were watched for different times compare: what
    /// lies after the watch counts as answered when the service was steady again, and as failed when it was not.
    /// </summary>
    /// <param name="horizon">The stretch.</param>
    /// <param name="rate">Arrivals a second.</param>
    /// <param name="requests">Requests seen while watched.</param>
    /// <param name="failed">Of them, those that failed.</param>
    /// <param name="stamps">Whether it recovered.</param>
    /// <returns>0 to 1.</returns>
    public static double Over(TimeSpan horizon, double rate, int requests, int failed, RecoveryStamps stamps)
    {
        ArgumentNullException.ThrowIfNull(stamps);
        double expected = Math.Max(rate * horizon.TotalSeconds, requests);
        if (expected <= 0)
            return stamps.Recovered ? 1 : 0;
        double answered = requests - failed;
        return Math.Clamp((stamps.Recovered ? answered + (expected - requests) : answered) / expected, 0, 1);
    }
}
