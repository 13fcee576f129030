namespace ContainerChaos.Scenarios.Faults;

/// <summary>What a workload answered to one request.</summary>
/// <param name="Status">The status; 0 when the connection ended first, which is what a crash looks like.</param>
/// <param name="Body">The body as text, its first megabyte.</param>
/// <param name="Sent">The moment just before it was sent, monotonic nanoseconds.</param>
/// <param name="Latency">From that moment to the end of the answer.</param>
internal sealed record WorkloadAnswer(int Status, string Body, long Sent, TimeSpan Latency);
