namespace ContainerChaos.Scenarios;

/// <summary>What a game day showed.</summary>
public sealed record GameDayResult
{
    /// <summary>The scenarios that were run, in their order.</summary>
    public required IReadOnlyList<GameDayChapter> Chapters { get; init; }

    /// <summary>The scenarios that were not run any more, since one before did not hold.</summary>
    public required IReadOnlyList<string> NotRun { get; init; }

    /// <summary>The three largest findings, see <see cref="GameDayFinding.Of"/>.</summary>
    public required IReadOnlyList<GameDayFinding> Findings { get; init; }

    /// <summary>The table and everything it was made from, of all scenarios together.</summary>
    public required ScenarioReport Report { get; init; }

    /// <summary>The names of the scenarios that came as their files expect.</summary>
    public IReadOnlyList<string> Held => Chapters.Where(chapter => chapter.Held == true).Select(chapter => chapter.Scenario.Name).ToArray();

    /// <summary>The names of those that did not.</summary>
    public IReadOnlyList<string> DidNotHold => Chapters.Where(chapter => chapter.Held == false).Select(chapter => chapter.Scenario.Name).ToArray();

    /// <summary>How long it took, the quiet between scenarios included.</summary>
    public TimeSpan Duration => Report.Duration;

    /// <summary>What held, what did not, and what was not run, on a line.</summary>
    public override string ToString() =>
        $"held: {Names(Held)}; did not hold: {Names(DidNotHold)}{(NotRun.Count == 0 ? "" : $"; not run: {Names(NotRun)}")}";

    private static string Names(IReadOnlyList<string> names) => names.Count == 0 ? "none" : string.Join(", ", names);
}
