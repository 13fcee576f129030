namespace ContainerChaos.Benchmarks.Measures;

/// <summary>One tool's way to take one sample; null where this sample could not be taken.</summary>
internal sealed record Contender(string Peer, Func<double?> Sample);
