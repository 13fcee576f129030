using System.Globalization;

namespace ContainerChaos.Scenarios;

/// <summary>Something to talk about after a game day: the worst that was seen of a scenario, or a machine that nothing came from.</summary>
/// <param name="Row">What was seen; null of a machine that nothing came from.</param>
/// <param name="Lost">The machine that nothing came from; null of what was seen.</param>
public sealed record GameDayFinding(ScenarioRow? Row, HostRun? Lost = null)
{
    /// <summary>Whether the scenario's file expects it.</summary>
    public bool IsExpected => Row is { AsExpected: true };

    /// <summary>
    /// The findings of a game day, the largest first: what did not come as expected before what did, and of each kind what users lost most
    /// by (availability over the scenario's horizon). One of each scenario and variant. Before them every machine that nothing came from: what was not seen takes no
    /// place of what was.
    /// </summary>
    /// <param name="report">What was seen.</param>
    /// <param name="count">How many of what was seen to name at most.</param>
    /// <returns>The findings; a row that users lost nothing by is none.</returns>
    public static IReadOnlyList<GameDayFinding> Of(ScenarioReport report, int count = 3)
    {
        ArgumentNullException.ThrowIfNull(report);
        return report.Hosts.Where(host => host.Problem is not null)
            .Select(host => new GameDayFinding(null, host))
            .Concat(Largest(report.Rows, count))
            // An array: PowerShell can't index what the compiler makes of a collection expression.
            .ToArray();
    }

    private static IEnumerable<GameDayFinding> Largest(IEnumerable<ScenarioRow> rows, int count) =>
        rows.Where(row => !row.AsExpected || row.Availability < 1)
            .OrderBy(row => row.AsExpected).ThenBy(row => row.Availability).ThenByDescending(row => row.FirstSuccessP95 ?? TimeSpan.MaxValue)
            .DistinctBy(row => (row.Scenario, row.Variant))
            .Take(count)
            .Select(row => new GameDayFinding(row));

    /// <inheritdoc/>
    public override string ToString()
    {
        if (Row is null)
            return $"{Lost}";
        string where = $"{(Row.Host is null ? "" : Row.Host + ": ")}{Row.Scenario}{(Row.Variant is null ? "" : $" ({Row.Variant})")}, {Row.Policy}, {(Row.Init ? "init" : "no init")}{(Row.Crash == "–" ? "" : ", " + Row.Crash)}";
        string recovery = Row.Unrecovered > 0
            ? $"{Row.Unrecovered} of {Row.N} never recovered"
            : string.Create(CultureInfo.InvariantCulture, $"back after {Row.FirstSuccessP50?.TotalMilliseconds ?? 0:0} ms (median)");
        return string.Create(CultureInfo.InvariantCulture, $"{where}: {recovery}, availability {Math.Floor(Row.Availability * 1000) / 10:0.#} %; {Row.Verdict}");
    }
}
