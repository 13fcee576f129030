using System.Globalization;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>What a row is called, and what it says in one line, where there is no table.</summary>
internal static class RowText
{
    internal static string Name(ScenarioRow row) =>
        $"{(row.Host is null ? "" : row.Host + ": ")}{row.Scenario}{(row.Variant is null ? "" : $" ({row.Variant})")}: {row.Policy}, {(row.Init ? "init" : "no init")}, {row.Crash}";

    /// <summary>What a trial that failed itself is called, within its scenario.</summary>
    internal static string Name(TrialResult trial) =>
        $"{(trial.Host is null ? "" : trial.Host + ": ")}{trial.Policy}, {(trial.Init ? "init" : "no init")}, trial {trial.Trial}";

    internal static string Figures(ScenarioRow row) => string.Create(
        CultureInfo.InvariantCulture,
        $"{row.N} trials, {row.Unrecovered} unrecovered; first success p50 {Reports.Figures.Milliseconds(row.FirstSuccessP50)}, p95 {Reports.Figures.Milliseconds(row.FirstSuccessP95)}; availability {Reports.Figures.Percent(row.Availability)}; exit codes {(row.ExitCodes.Length == 0 ? "none" : row.ExitCodes)}");

    /// <summary>The time a test report gives the row: the median of what is measured, in seconds; 0 where nothing recovered.</summary>
    internal static string Seconds(ScenarioRow row) => (row.FirstSuccessP50 ?? TimeSpan.Zero).TotalSeconds.ToString("0.000000", CultureInfo.InvariantCulture);
}
