using System.Globalization;
using ContainerChaos.Scenarios;
using Spectre.Console;

namespace ContainerChaos.Cli;

/// <summary>Prints the rows of a report, and below them what failed in the measurement itself.</summary>
internal static class ResultTable
{
    // Enough for every column; a pipe has no width of its own, and cut cells would be lost.
    private const int PlainWidth = 200;

    internal static void Write(ScenarioReport report)
    {
        if (Console.IsOutputRedirected)
            AnsiConsole.Profile.Width = PlainWidth;
        var table = new Table { Border = TableBorder.Simple, ShowRowSeparators = false };
        foreach (string left in (string[])["Scenario", "Policy", "Init", "Crash"])
            table.AddColumn(new TableColumn(left).NoWrap());
        foreach (string right in (string[])["N", "Unrec.", "Detected", "BackOff", "Started", "Success p50", "p95", "Avail."])
            table.AddColumn(new TableColumn(right).RightAligned().NoWrap());
        table.AddColumn("Verdict");
        string? last = null;
        foreach (ScenarioRow row in report.Rows)
        {
            string scenario = row.Variant is null ? row.Scenario : $"{row.Scenario}, {row.Variant}";
            if (last is not null && last != scenario)
                table.AddEmptyRow();
            last = scenario;
            table.AddRow(
                new Text(scenario),
                new Text(row.Policy),
                new Text(row.Init ? "yes" : "no"),
                new Text(row.Crash),
                new Text(row.N.ToString(CultureInfo.InvariantCulture)),
                new Text(row.Unrecovered.ToString(CultureInfo.InvariantCulture)),
                new Text(Milliseconds(row.Detected)),
                new Text(Milliseconds(row.BackOff)),
                new Text(Milliseconds(row.Started)),
                new Text(Milliseconds(row.FirstSuccessP50)),
                new Text(Milliseconds(row.FirstSuccessP95)),
                new Text(row.Availability.ToString("0.0 %", CultureInfo.InvariantCulture)),
                new Text(row.Verdict, new Style(row.AsExpected ? null : Color.Red)));
        }

        AnsiConsole.Write(table);
        foreach (TrialResult failed in report.Trials.Where(t => t.Error is not null))
            AnsiConsole.MarkupLineInterpolated($"[red]{failed.Scenario}, {failed.Policy}, {(failed.Init ? "init" : "no init")}, trial {failed.Trial} is not counted: {failed.Error}[/]");
        foreach (var fault in report.OpenFaults)
            AnsiConsole.MarkupLineInterpolated($"[red]still in the ledger: {fault.Fault} on {fault.Target}: {fault.Effect}[/]");
        int unexpected = report.Rows.Count(r => !r.AsExpected);
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Trials.Count} trials in {report.Duration.TotalSeconds:0} s, seed {report.Seed}; {report.Rows.Count - unexpected} of {report.Rows.Count} verdicts as expected; {report.FaultsUndone} faults undone, {report.OpenFaults.Count} left."));
    }

    private static string Milliseconds(TimeSpan? time) => time switch
    {
        null => "–",
        { TotalMilliseconds: 0 } => "0 ms",
        { TotalMilliseconds: < 10 } t => t.TotalMilliseconds.ToString("0.0 ms", CultureInfo.InvariantCulture),
        { } t => t.TotalMilliseconds.ToString("0 ms", CultureInfo.InvariantCulture),
    };
}
