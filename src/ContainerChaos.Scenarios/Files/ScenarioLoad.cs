namespace ContainerChaos.Scenarios;

/// <summary>An open-loop load on the workload.</summary>
/// <param name="Path">Path and query of the request.</param>
/// <param name="Rate">Requests a second.</param>
/// <param name="Timeout">When a request has failed, from its intended send time.</param>
public sealed record ScenarioLoad(string Path, double Rate, TimeSpan Timeout);
