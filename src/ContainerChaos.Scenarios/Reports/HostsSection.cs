using System.Globalization;
using ContainerChaos.Runtime;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>The part of the page about a run on several machines: what is to be talked about, and what each of them was and showed.</summary>
internal static class HostsSection
{
    internal static void Render(Markup html, ScenarioReport report)
    {
        if (report.Hosts.Count == 0)
            return;
        html.Raw("<section id=\"hosts\" aria-labelledby=\"h-hosts\"><h2 id=\"h-hosts\">Hosts</h2><p class=\"name\">They ran the same scenarios at the same time, each at its own pace.</p>");
        IReadOnlyList<GameDayFinding> findings = GameDayFinding.Of(report);
        if (findings.Count > 0)
        {
            html.Raw("<h3>The largest findings</h3><ol>");
            foreach (GameDayFinding finding in findings)
                html.Add($"<li class=\"{(finding.IsExpected ? "ok" : "bad")}\"><span aria-hidden=\"true\">{(finding.IsExpected ? "✓" : "✗")}</span> {finding.ToString()}</li>");
            html.Raw("</ol>");
        }

        html.Raw("<h3>What each of them was and showed</h3><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Hosts\"><table><thead><tr>");
        foreach (string head in (string[])["Host", "As expected", "Trials", "Faults left", "Began (UTC)", "Took", "ContainerChaos", "Kernel", "cgroup", "Processor", "Memory", "Load before"])
            html.Add($"<th scope=\"col\">{head}</th>");
        html.Raw("</tr></thead><tbody>");
        foreach (HostRun host in report.Hosts)
            Row(html, report, host);
        html.Raw("</tbody></table></div></section>");
    }

    private static void Row(Markup html, ScenarioReport report, HostRun host)
    {
        if (host.Environment is not { } machine)
        {
            html.Add($"<tr><th scope=\"row\">{host.Host}</th><td class=\"verdict bad\" colspan=\"11\"><span aria-hidden=\"true\">✗</span> no result: {host.Problem}</td></tr>");
            return;
        }

        ScenarioRow[] rows = [.. report.Rows.Where(row => row.Host == host.Host)];
        int good = rows.Count(row => row.AsExpected);
        bool holds = good == rows.Length;
        html.Add($"<tr><th scope=\"row\">{host.Host}</th><td class=\"n {(holds ? "ok" : "bad")}\"><span aria-hidden=\"true\">{(holds ? "✓" : "✗")}</span> {good} of {rows.Length}</td><td class=\"n\">{Figures.Count(report.Trials.Count(trial => trial.Host == host.Host))}</td>");
        html.Add($"<td class=\"n {(host.OpenFaults.Count == 0 ? "" : "bad")}\">{Figures.Count(host.OpenFaults.Count)}</td><td class=\"n\">{host.StartedAt?.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}</td><td class=\"n\">{host.Duration?.TotalSeconds ?? 0:0} s</td>");
        html.Add($"<td>{machine.Version}</td><td>{machine.Kernel}</td><td>{machine.CgroupMode}</td><td>{machine.Cpus} × {machine.Processor}</td><td class=\"n\">{ByteSize.Format(machine.MemoryBytes)}</td><td class=\"n\">{machine.LoadAverage:0.00}</td></tr>");
    }
}
