using System.Globalization;
using System.Text;
using System.Text.Json;
using ContainerChaos.Benchmarks.Measures;

namespace ContainerChaos.Benchmarks.Reports;

/// <summary>The run as a table on the console, as Markdown and as JSON.</summary>
internal sealed record Report(DateTimeOffset Time, string Machine, IReadOnlyDictionary<string, string> Versions, IReadOnlyList<Measure> Measures, IReadOnlyList<Goal> Goals)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>The console's table: what all of the run comes to.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        foreach (var measure in Measures)
        {
            text.AppendLine().AppendLine($"{measure.Title}, {measure.Unit}");
            text.AppendLine($"  {"",-15}{"min",9}{"median",9}{"p95",9}{"max",9}{"n",5}   {"ours = 1",8}");
            foreach (var series in Ordered(measure))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  {series.Peer,-15}{series.Minimum,9:0.00}{series.Median,9:0.00}{series.P95,9:0.00}{series.Maximum,9:0.00}{series.Count,5}   {Ratio(measure, series),8}");
            }

            foreach (var (peer, reason) in measure.Absent)
            {
                text.AppendLine($"  {peer,-15}  skipped: {FirstLine(reason)}");
            }
        }

        text.AppendLine();
        foreach (var goal in Goals)
        {
            text.AppendLine($"  {Verdict(goal),-8}{goal.Text}: {goal.Measured}");
        }

        return text.ToString();
    }

    public string ToMarkdown()
    {
        var text = new StringBuilder($"# Benchmarks, {Time:yyyy-MM-dd HH:mm} UTC\n\n{Machine}\n\n");
        foreach (var (tool, version) in Versions)
        {
            text.AppendLine($"- {tool}: {version}");
        }

        foreach (var measure in Measures)
        {
            text.AppendLine($"\n## {measure.Title}, {measure.Unit}\n\n| tool | min | median | p95 | max | n | ours = 1 |\n|---|--:|--:|--:|--:|--:|--:|");
            foreach (var series in Ordered(measure))
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"| {series.Peer} | {series.Minimum:0.00} | {series.Median:0.00} | {series.P95:0.00} | {series.Maximum:0.00} | {series.Count} | {Ratio(measure, series)} |");
            }

            foreach (var (peer, reason) in measure.Absent)
            {
                text.AppendLine($"\n{peer}: skipped, {FirstLine(reason)}");
            }
        }

        text.AppendLine("\n## Goals\n\n| goal | measured | |\n|---|--:|---|");
        foreach (var goal in Goals)
        {
            text.AppendLine($"| {goal.Text} | {goal.Measured} | {Verdict(goal)} |");
        }

        return text.ToString();
    }

    public string ToJson() => JsonSerializer.Serialize(this, Indented);

    private static IEnumerable<Series> Ordered(Measure measure) =>
        measure.Unit is "per s" or "Gbit/s" ? measure.Series.OrderByDescending(series => series.Median) : measure.Series.OrderBy(series => series.Median);

    // A command line is compared with our command line, a whole engine with our engine.
    private static string Ratio(Measure measure, Series series)
    {
        var ours = series.Peer is "ccrun" or "crun" or "runc" && measure.MedianOf("ccrun") is { } commandLine ? commandLine : measure.MedianOf("engine") ?? measure.MedianOf("closed loop");
        return ours is { } reference && series.Peer != "spawn only" ? (series.Median / reference).ToString("0.00", CultureInfo.InvariantCulture) : "";
    }

    private static string Verdict(Goal goal) => goal.Kept switch { true => "ok", false => "MISSED", null => "unknown" };

    private static string FirstLine(string text) => text.Split('\n')[0];
}
