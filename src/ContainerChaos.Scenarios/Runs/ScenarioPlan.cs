namespace ContainerChaos.Scenarios;

/// <summary>What a run would do.</summary>
/// <param name="Scenarios">An entry for each scenario.</param>
public sealed record ScenarioPlan(IReadOnlyList<ScenarioPlanEntry> Scenarios)
{
    /// <summary>Trials of all scenarios.</summary>
    public int Trials => Scenarios.Sum(s => s.Trials);

    /// <summary>How long it should take.</summary>
    public TimeSpan Estimate => TimeSpan.FromTicks(Scenarios.Sum(s => s.Estimate.Ticks));
}
