using System.Globalization;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>The report as one HTML page: inline style, inline SVG, no script, no network.</summary>
internal static class HtmlReport
{
    internal static string Render(ScenarioReport report)
    {
        int unexpected = report.Rows.Count(r => !r.AsExpected);
        var html = new Markup();
        html.Raw("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        html.Raw("<meta name=\"color-scheme\" content=\"light dark\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
        html.Add($"<title>ContainerChaos: {string.Join(", ", report.Scenarios.Select(s => s.Name))}</title><style>").Raw(Style()).Raw("</style></head><body>");
        html.Raw("<a class=\"skip\" href=\"#results\">Skip to the results</a><header class=\"top\">");
        html.Add($"<p class=\"eyebrow\">ContainerChaos game day · {report.StartedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC</p>");
        html.Add($"<h1>{(report.AsExpected ? "Every verdict is as expected" : $"{unexpected} of {report.Rows.Count} verdicts are not as expected{Lost(report)}")}</h1>");
        html.Raw("<p class=\"lead\">Each trial starts a fresh container, puts it under open-loop load, breaks it, and watches from outside until the service is steady again or the watch ends. A restart policy is a promise that it comes back; this is how each promise was kept.</p>");
        Cards(html, report, unexpected);
        html.Raw("</header><main id=\"results\">");
        HostsSection.Render(html, report);
        Contents(html, report);
        foreach (Scenario scenario in report.Scenarios)
            ScenarioSection.Render(html, report, scenario);
        AppendixSection.Render(html, report);
        html.Raw("</main></body></html>\n");
        return html.ToString();
    }

    private static string Lost(ScenarioReport report) =>
        report.Hosts.Count(host => host.Problem is not null) is > 0 and var lost ? $"; {lost} of {report.Hosts.Count} hosts gave no result" : "";

    private static void Cards(Markup html, ScenarioReport report, int unexpected)
    {
        long requests = report.Trials.Sum(t => (long)(t.Load?.Samples.Count ?? 0));
        ScenarioRow? slowest = report.Rows.Where(r => r.FirstSuccessP50 is not null).MaxBy(r => r.FirstSuccessP50);
        html.Raw("<dl class=\"cards\">");
        Card("verdicts as expected", $"{report.Rows.Count - unexpected} / {report.Rows.Count}", unexpected == 0 ? "ok" : "bad");
        if (report.Hosts.Count > 0)
            Card("hosts with a result", $"{report.Hosts.Count - report.Hosts.Count(h => h.Problem is not null)} / {report.Hosts.Count}", report.Hosts.All(h => h.Problem is null) ? "ok" : "bad");
        Card("trials", Figures.Count(report.Trials.Count), "");
        Card("requests sent", Figures.Count(requests), "");
        if (slowest is not null)
            Card($"slowest median recovery: {(slowest.Host is null ? "" : slowest.Host + ", ")}{slowest.Scenario}, {slowest.Policy}", Figures.Milliseconds(slowest.FirstSuccessP50), "");
        Card("faults left in the ledger", Figures.Count(report.OpenFaults.Count), report.OpenFaults.Count == 0 ? "ok" : "bad");
        Card("wall time", $"{report.Duration.TotalSeconds:0} s", "");
        html.Raw("</dl>");

        void Card(string name, string value, string kind) => html.Add($"<div class=\"card {kind}\"><dt>{name}</dt><dd>{value}</dd></div>");
    }

    private static void Contents(Markup html, ScenarioReport report)
    {
        html.Raw("<nav aria-label=\"Scenarios\"><ul class=\"toc\">");
        foreach (Scenario scenario in report.Scenarios)
        {
            ScenarioRow[] rows = [.. report.Rows.Where(r => r.Scenario == scenario.Name)];
            int bad = rows.Count(r => !r.AsExpected);
            html.Add($"<li><a href=\"#{scenario.Name}\"><strong>{scenario.Name}</strong><span>{scenario.Title}</span><em class=\"{(bad == 0 ? "ok" : "bad")}\">{(bad == 0 ? "✓ as expected" : $"✗ {bad} not as expected")}</em></a></li>");
        }

        html.Raw("</ul></nav>");
    }

    private static string Style()
    {
        using Stream stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
