namespace ContainerChaos.Scenarios.Recovery;

/// <summary>
/// A quantile of a sample with censored values, and its bootstrap confidence interval. A bound is null where it falls
/// among the trials that never got there: it is then larger than anything that was watched.
/// </summary>
/// <param name="Value">The quantile in milliseconds.</param>
/// <param name="Low">The lower end of the 95 % interval.</param>
/// <param name="High">The upper end of the 95 % interval.</param>
public readonly record struct QuantileEstimate(double? Value, double? Low, double? High);
