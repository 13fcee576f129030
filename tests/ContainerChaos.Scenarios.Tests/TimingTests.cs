namespace ContainerChaos.Scenarios.Tests;

/// <summary>Tests that measure time run one after the other.</summary>
[CollectionDefinition(nameof(TimingTests), DisableParallelization = true)]
public sealed class TimingTests;
