namespace ContainerChaos.Scenarios;

/// <summary>One trial that is to be run.</summary>
/// <param name="Scenario">The scenario.</param>
/// <param name="Cell">The combination.</param>
/// <param name="Number">Its number in the combination, from 1.</param>
/// <param name="Name">The name of its container.</param>
/// <param name="Labels">The labels of its container.</param>
/// <param name="Seed">The seed of the run.</param>
/// <param name="StopAfter">The index of the step after whose acts it is left as it is; null for a whole trial.</param>
internal sealed record TrialSpec(
    Scenario Scenario, ScenarioCell Cell, int Number, string Name, IReadOnlyDictionary<string, string> Labels, int Seed, int? StopAfter = null)
{
    /// <summary>What its container shall be.</summary>
    internal ScenarioTarget Target => Cell.Variant?.Target ?? Scenario.Target;

    /// <summary>What its users shall do.</summary>
    internal ScenarioLoad Load => Cell.Variant?.Load ?? Scenario.Load;
}
