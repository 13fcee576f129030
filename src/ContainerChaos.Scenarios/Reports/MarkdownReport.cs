using System.Text;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>The tables in GitHub's Markdown: what a reviewer reads in a pull request.</summary>
internal static class MarkdownReport
{
    internal static string Render(ScenarioReport report)
    {
        var text = new StringBuilder();
        ScenarioRow[] unexpected = [.. report.Rows.Where(r => !r.AsExpected)];
        text.AppendLine(report.AsExpected ? "## Chaos: as expected" : "## Chaos: not as expected").AppendLine();
        text.Append(Figures.Count(report.Trials.Count)).Append(" trials in ").Append(Figures.Count((long)report.Duration.TotalSeconds)).Append(" s; ")
            .Append(report.Rows.Count - unexpected.Length).Append(" of ").Append(report.Rows.Count).Append(" verdicts as expected; ")
            .Append(report.FaultsUndone).Append(" faults undone, ").Append(report.OpenFaults.Count).AppendLine(" left.");
        HostRun[] lost = [.. report.Hosts.Where(host => host.Problem is not null)];
        if (unexpected.Length + lost.Length > 0)
            text.AppendLine();
        foreach (HostRun host in lost)
            text.Append("- **").Append(Escape(host.Host)).Append("**: no result: ").AppendLine(Escape(host.Problem!));
        foreach (ScenarioRow row in unexpected)
            text.Append("- **").Append(Escape(RowText.Name(row))).Append("**: ").AppendLine(Escape(row.Verdict));
        foreach (Scenario scenario in report.Scenarios)
        {
            foreach (IGrouping<string?, ScenarioRow> variant in report.Rows.Where(r => r.Scenario == scenario.Name).GroupBy(r => r.Variant))
                AppendTable(text, scenario, variant);
        }

        foreach (var failed in report.Trials.Where(t => t.Error is not null))
            text.AppendLine().Append("Not counted: ").Append(Escape($"{failed.Scenario}, {RowText.Name(failed)}: {failed.Error}")).AppendLine();
        foreach (ScenarioReport part in report.ByHost())
            text.AppendLine().AppendLine(Where(part));
        return text.ToString();
    }

    private static string Where(ScenarioReport part)
    {
        RunEnvironment machine = part.Environment;
        return string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"<sub>{(part.Hosts is [var host] ? Escape(host.Host) + ": " : "")}ContainerChaos {machine.Version}, Linux {machine.Kernel}, cgroup {machine.CgroupMode}, {machine.Cpus} CPUs, load {machine.LoadAverage:0.0} at the start, seed {part.Seed}, {part.StartedAt:yyyy-MM-dd HH:mm} UTC</sub>");
    }

    private static void AppendTable(StringBuilder text, Scenario scenario, IGrouping<string?, ScenarioRow> rows)
    {
        text.AppendLine().Append("### ").Append(Escape(scenario.Name)).AppendLine(rows.Key is null ? "" : $", {Escape(rows.Key)}");
        bool hosts = rows.Any(row => row.Host is not null);
        text.AppendLine().Append(hosts ? "| host " : "").AppendLine("| policy | init | crash | N | unrecovered | first success p50 (95 %) | p95 | availability | verdict |");
        text.Append(hosts ? "|---" : "").AppendLine("|---|---|---|--:|--:|--:|--:|--:|---|");
        foreach (ScenarioRow row in rows)
        {
            Recovery.QuantileEstimate median = row.Stages["firstSuccess"].P50;
            string interval = Figures.Interval(median);
            text.Append(hosts ? $"| {Escape(row.Host ?? "")} " : "").Append("| ").AppendJoin(" | ",
                Escape(row.Policy), row.Init ? "yes" : "no", Escape(row.Crash), Figures.Count(row.N), Figures.Count(row.Unrecovered),
                Figures.Milliseconds(median.Value) + (interval.Length == 0 ? "" : $" ({interval})"),
                Figures.Milliseconds(row.FirstSuccessP95), Figures.Percent(row.Availability),
                row.AsExpected ? Escape(row.Verdict) : $"**{Escape(row.Verdict)}**").AppendLine(" |");
        }
    }

    // A name or a message comes from a file or a container: it may neither end a cell nor be markup.
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char c in text.ReplaceLineEndings(" "))
        {
            if (c is '\\' or '|' or '*' or '_' or '`' or '<' or '[' or ']' or '#')
                escaped.Append('\\');
            escaped.Append(c);
        }

        return escaped.ToString();
    }
}
