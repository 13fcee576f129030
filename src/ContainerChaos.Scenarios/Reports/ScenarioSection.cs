namespace ContainerChaos.Scenarios.Reports;

/// <summary>A scenario's part of the page: what it teaches, the distributions, the table, and a typical trial of each combination.</summary>
internal static class ScenarioSection
{
    internal static void Render(Markup html, ScenarioReport report, Scenario scenario)
    {
        ScenarioRow[] rows = [.. report.Rows.Where(r => r.Scenario == scenario.Name)];
        html.Add($"<section class=\"scenario\" id=\"{scenario.Name}\" aria-labelledby=\"h-{scenario.Name}\"><h2 id=\"h-{scenario.Name}\">{scenario.Title}</h2><p class=\"name\"><code>{scenario.Name}</code> · {scenario.Load.Arrivals.Describe()} of <code>GET {scenario.Load.Path}</code> · {scenario.Concurrency} {(scenario.Concurrency == 1 ? "trial" : "trials")} at a time</p><p class=\"teaches\">{scenario.Description.ReplaceLineEndings(" ")}</p>");
        if (rows.Length == 0)
        {
            html.Raw("<p class=\"bad\">No trial could be measured.</p></section>");
            return;
        }

        Distributions(html, scenario, rows);
        Table(html, scenario, rows);
        Timelines(html, report, scenario);
        html.Raw("</section>");
    }

    private static void Distributions(Markup html, Scenario scenario, ScenarioRow[] rows)
    {
        double[] known = [.. rows.SelectMany(r => r.Stages["firstSuccess"].Values).Where(v => v is not null).Select(v => v!.Value)];
        double maximum = known.Length == 0 ? 1000 : Math.Max(20, known.Max() * 1.08);
        html.Raw("<h3>How soon was it back?</h3>");
        html.Raw("<ul class=\"legend\" aria-label=\"Lines\">");
        foreach (string policy in rows.Select(r => r.Policy).Distinct())
            html.Add($"<li><svg viewBox=\"0 0 24 8\" aria-hidden=\"true\"><line class=\"line {PolicyStyle.ClassOf(policy)}\" x1=\"0\" x2=\"24\" y1=\"4\" y2=\"4\"/></svg>{policy}</li>");
        html.Raw("<li><svg viewBox=\"0 0 24 8\" aria-hidden=\"true\"><line class=\"line p-any\" x1=\"0\" x2=\"24\" y1=\"4\" y2=\"4\"/></svg>solid: no init</li><li><svg viewBox=\"0 0 24 8\" aria-hidden=\"true\"><line class=\"line p-any\" stroke-dasharray=\"5 3\" x1=\"0\" x2=\"24\" y1=\"4\" y2=\"4\"/></svg>dashed: init</li></ul><div class=\"panels\">");
        foreach ((string? host, string? variant) in rows.Select(r => (r.Host, r.Variant)).Distinct())
            foreach (string label in scenario.Steps.Where(s => !s.IsBackground).Select(s => s.Label).Distinct())
            {
                ScenarioRow[] own = [.. rows.Where(r => r.Host == host && r.Variant == variant && r.Crash == label)];
                if (own.Length == 0)
                    continue;
                string caption = string.Join(" · ", new[] { host, variant, label == "–" ? null : label }.Where(t => t is not null));
                html.Add($"<figure><figcaption>{(caption.Length == 0 ? "all trials" : caption)}</figcaption>{EcdfChart.Render(caption, own, maximum)}</figure>");
            }

        html.Raw("</div><p class=\"note\">A line that ends below 100 % shows the share of trials that had not recovered when the watch ended: they are counted, never dropped.</p>");
    }

    private static void Table(Markup html, Scenario scenario, ScenarioRow[] rows)
    {
        html.Add($"<h3>The table</h3><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Results of {scenario.Name}\"><table><caption>Medians over the trials; below them the 95 % bootstrap interval. Availability is stated for {scenario.Horizon.TotalSeconds:0} s from the fault.</caption><thead><tr>");
        bool hosts = rows.Any(row => row.Host is not null);
        foreach (string head in (string[])[.. hosts ? ["Host"] : Array.Empty<string>(), "Policy", "Init", "Step", "N", "Unrec.", "Detected", "Back-off", "Started", "First success p50", "p95", "Steady p50", "MTTR", "Availability", "Failed / late", "Exit codes", "Verdict"])
            html.Add($"<th scope=\"col\">{head}</th>");
        html.Raw("</tr></thead>");
        foreach (IGrouping<string, ScenarioRow> group in rows.GroupBy(r => r.Variant ?? ""))
        {
            html.Raw("<tbody>");
            if (group.Key.Length > 0)
                html.Add($"<tr class=\"variant\"><th colspan=\"{(hosts ? 17 : 16)}\" scope=\"rowgroup\">Variant: {group.Key}</th></tr>");
            foreach (ScenarioRow row in group)
                Row(html, row, hosts);
            html.Raw("</tbody>");
        }

        html.Raw("</table></div>");
    }

    private static void Row(Markup html, ScenarioRow row, bool hosts)
    {
        var first = row.Stages["firstSuccess"];
        html.Raw("<tr>");
        if (hosts)
            html.Add($"<th scope=\"row\">{row.Host}</th>");
        html.Add($"<th scope=\"row\"><i class=\"dot {PolicyStyle.ClassOf(row.Policy)}\" aria-hidden=\"true\"></i>{row.Policy}</th><td>{(row.Init ? "yes" : "no")}</td><td>{row.Crash}</td><td class=\"n\">{row.N}</td><td class=\"n\">{row.Unrecovered}</td>");
        html.Add($"<td class=\"n\">{Figures.Milliseconds(row.Detected)}</td><td class=\"n\">{Figures.Milliseconds(row.BackOff)}</td><td class=\"n\">{Figures.Milliseconds(row.Started)}</td>");
        html.Add($"<td class=\"n strong\">{Figures.Milliseconds(first.P50.Value)}<small>{Figures.Interval(first.P50)}</small></td><td class=\"n\">{Figures.Milliseconds(first.P95.Value)}<small>{Figures.Interval(first.P95)}</small></td><td class=\"n\">{Figures.Milliseconds(row.Stages["steady"].P50.Value)}</td><td class=\"n\">{Figures.Milliseconds(row.MeanTimeToRecovery)}</td>");
        html.Add($"<td class=\"n\">{Figures.Percent(row.Availability)}</td><td class=\"n\">{Figures.Count(row.FailedRequests)} / {Figures.Count(row.DelayedRequests)}</td><td class=\"n\">{(row.ExitCodes.Length == 0 ? Figures.None : row.ExitCodes)}</td>");
        html.Add($"<td class=\"verdict {(row.AsExpected ? "ok" : "bad")}\"><span aria-hidden=\"true\">{(row.AsExpected ? "✓" : "✗")}</span> {row.Verdict}</td></tr>");
    }

    private static void Timelines(Markup html, ScenarioReport report, Scenario scenario)
    {
        html.Raw("<h3>A typical trial of each</h3><ul class=\"legend\"><li><i class=\"key good\"></i>answered</li><li><i class=\"key bad\"></i>failed (10 ms slots)</li><li><i class=\"key s-fault\"></i>fault takes effect</li><li><i class=\"key s-backoff\"></i>back-off</li><li><i class=\"key s-start\"></i>start / failing</li><li><i class=\"key s-success\"></i>to the first success</li><li><i class=\"key s-steady\"></i>to steady</li><li><i class=\"key s-down\"></i>down</li></ul><div class=\"timelines\">");
        foreach ((ScenarioCell cell, string? host) in scenario.Cells().SelectMany(cell => report.Trials.Select(t => t.Host).Distinct().Select(host => (cell, host))))
        {
            TrialResult[] own = [.. report.Trials.Where(t => t.Host == host && t.Error is null && t.Load is not null && t.Steps.Count > 0 && t.IsOf(scenario, cell))];
            if (own.Length == 0)
                continue;
            // The median one by the time to the first success of its first step; those that never had one come last.
            TrialResult typical = own.OrderBy(t => t.Steps[0].Stamps.Recovered ? t.Steps[0].Stamps.FirstSuccess - t.Steps[0].Stamps.Injected : long.MaxValue).ElementAt(own.Length / 2);
            html.Add($"<figure><figcaption><i class=\"dot {PolicyStyle.ClassOf(typical.Policy)}\" aria-hidden=\"true\"></i>{(host is null ? "" : host + " · ")}{typical.Policy} · {(cell.Init ? "init" : "no init")}{(cell.Variant is null ? "" : " · " + cell.Variant.Name)}<span>trial {typical.Trial}, ms from the first fault</span></figcaption>{TimelineChart.Render(typical)}</figure>");
        }

        html.Raw("</div>");
    }
}
