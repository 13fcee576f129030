namespace ContainerChaos.Scenarios;

/// <summary>What a run would do for one scenario.</summary>
/// <param name="Scenario">Its name.</param>
/// <param name="TrialsPerCell">Trials of each combination.</param>
/// <param name="Cells">The combinations.</param>
/// <param name="Image">The image that the containers are made from.</param>
/// <param name="Estimate">How long it should take, from what each step is watched for at most likely.</param>
public sealed record ScenarioPlanEntry(
    string Scenario, int TrialsPerCell, IReadOnlyList<ScenarioCell> Cells, string Image, TimeSpan Estimate)
{
    /// <summary>Trials of the scenario.</summary>
    public int Trials => TrialsPerCell * Cells.Count;

    /// <summary>One sentence, as <c>-WhatIf</c> prints it.</summary>
    /// <returns>The sentence.</returns>
    public override string ToString()
    {
        string policies = string.Join(", ", Cells.Where(c => c.Variant is null).Select(c => c.Policy.ToString()).Distinct());
        string init = string.Join(", ", Cells.Where(c => c.Variant is null).Select(c => c.Init ? "init" : "no init").Distinct());
        int extra = Cells.Count(c => c.Variant is not null);
        string variants = extra == 0 ? "" : $", and {extra} more combinations ({string.Join(", ", Cells.Where(c => c.Variant is not null).Select(c => c.Variant!.Name).Distinct())})";
        return $"{Scenario}: {TrialsPerCell} trials × ({policies}) × ({init}){variants} on new containers from {Image}; about {Math.Max(1, Math.Round(Estimate.TotalSeconds))} s.";
    }
}
