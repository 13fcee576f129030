namespace ContainerChaos.Scenarios;

/// <summary>What became of one scenario of a game day.</summary>
public sealed record GameDayChapter
{
    /// <summary>The machine of several that it was run on; null for this one.</summary>
    public string? Host { get; init; }

    /// <summary>Its number, from 1.</summary>
    public required int Number { get; init; }

    /// <summary>How many there are.</summary>
    public required int Of { get; init; }

    /// <summary>The scenario.</summary>
    public required Scenario Scenario { get; init; }

    /// <summary>Its rows; null while it has not been run.</summary>
    public IReadOnlyList<ScenarioRow>? Rows { get; init; }

    /// <summary>Whether every row came as the scenario expects and no trial failed itself; null while it has not been run.</summary>
    public bool? Held { get; init; }

    /// <summary>The scenario's name, after that of its machine where there are several.</summary>
    internal string Name => NameOf(Host, Scenario);

    internal static string NameOf(string? host, Scenario scenario) => host is null ? scenario.Name : $"{host}: {scenario.Name}";

    /// <inheritdoc/>
    public override string ToString() => (Host is null ? "" : Host + ": ") + Held switch
    {
        null => $"{Number}/{Of}  {Scenario.Name}: {Scenario.Title}",
        true => $"{Number}/{Of}  {Scenario.Name} held: {Rows!.Count} of {Rows.Count} as expected",
        false => $"{Number}/{Of}  {Scenario.Name} did not hold: {Rows!.Count(row => row.AsExpected)} of {Rows!.Count} as expected",
    };
}
