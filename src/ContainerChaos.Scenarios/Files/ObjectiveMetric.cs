namespace ContainerChaos.Scenarios;

/// <summary>What an objective speaks of.</summary>
public enum ObjectiveMetric
{
    /// <summary>Median time from the fault to the first success.</summary>
    RecoveryP50,

    /// <summary>90th percentile of the same.</summary>
    RecoveryP90,

    /// <summary>95th percentile of the same.</summary>
    RecoveryP95,

    /// <summary>99th percentile of the same.</summary>
    RecoveryP99,

    /// <summary>The slowest trial.</summary>
    RecoveryMax,

    /// <summary>The mean over the trials (MTTR).</summary>
    RecoveryMean,

    /// <summary>Mean share of requests answered over the scenario's horizon.</summary>
    Availability,

    /// <summary>Requests that failed, over all trials.</summary>
    Failed,
}
