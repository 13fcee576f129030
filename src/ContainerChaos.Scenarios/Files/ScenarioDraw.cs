namespace ContainerChaos.Scenarios;

/// <summary>Acts that are drawn from some, at moments that are drawn as well, all from the seed of the run and the number of the trial.</summary>
/// <param name="Count">How many.</param>
/// <param name="Within">The stretch that they are spread over.</param>
public sealed record ScenarioDraw(int Count, TimeSpan Within)
{
    /// <summary>The schedule of a trial, in the order of time. The same seed and number give the same one, whatever the policy: so policies are compared under the same storm.</summary>
    internal IReadOnlyList<ScenarioAct> Schedule(IReadOnlyList<ScenarioAct> acts, int seed, int trial)
    {
        // Of the seeded generator the sequence is fixed; HashCode's is not.
        var random = new Random(unchecked((seed * 1_000_003) + trial));
        ScenarioAct[] drawn = [.. acts];
        random.Shuffle(drawn);
        return [.. drawn.Take(Count).Select(act => act with { At = TimeSpan.FromMilliseconds(Math.Floor(random.NextDouble() * Within.TotalMilliseconds)) }).OrderBy(act => act.At)];
    }
}
