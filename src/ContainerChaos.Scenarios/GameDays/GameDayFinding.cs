using System.Globalization;

namespace ContainerChaos.Scenarios;

/// <summary>Something to talk about after a game day: the worst that was seen of a scenario.</summary>
/// <param name="Row">What was seen.</param>
public sealed record GameDayFinding(ScenarioRow Row)
{
    /// <summary>Whether the scenario's file expects it.</summary>
    public bool IsExpected => Row.AsExpected;

    /// <summary>
    /// The findings of a game day, the largest first: what did not come as expected before what did, and of each kind what users lost most
    /// by (availability over the scenario's horizon). One of each scenario and variant.
    /// </summary>
    /// <param name="rows">All rows.</param>
    /// <param name="count">How many to name at most.</param>
    /// <returns>The findings; a row that users lost nothing by is none.</returns>
    public static IReadOnlyList<GameDayFinding> Of(IEnumerable<ScenarioRow> rows, int count = 3) =>
        rows.Where(row => !row.AsExpected || row.Availability < 1)
            .OrderBy(row => row.AsExpected).ThenBy(row => row.Availability).ThenByDescending(row => row.FirstSuccessP95 ?? TimeSpan.MaxValue)
            .DistinctBy(row => (row.Scenario, row.Variant))
            .Take(count)
            .Select(row => new GameDayFinding(row))
            // An array: PowerShell can't index what the compiler makes of a collection expression.
            .ToArray();

    /// <inheritdoc/>
    public override string ToString()
    {
        string where = $"{Row.Scenario}{(Row.Variant is null ? "" : $" ({Row.Variant})")}, {Row.Policy}, {(Row.Init ? "init" : "no init")}{(Row.Crash == "–" ? "" : ", " + Row.Crash)}";
        string recovery = Row.Unrecovered > 0
            ? $"{Row.Unrecovered} of {Row.N} never recovered"
            : string.Create(CultureInfo.InvariantCulture, $"back after {Row.FirstSuccessP50?.TotalMilliseconds ?? 0:0} ms (median)");
        return string.Create(CultureInfo.InvariantCulture, $"{where}: {recovery}, availability {Math.Floor(Row.Availability * 1000) / 10:0.#} %; {Row.Verdict}");
    }
}
