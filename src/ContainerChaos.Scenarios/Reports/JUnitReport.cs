using System.Globalization;
using System.Xml.Linq;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>
/// JUnit's XML as CI servers read it: a suite for each scenario, a case for each row, whose time is the median until the first
/// success; a row that is not as expected is a failure, a trial that failed itself an error.
/// </summary>
internal static class JUnitReport
{
    internal static XDocument Create(ScenarioReport report)
    {
        XElement[] suites =
        [
            .. report.ByHost().SelectMany(part => part.Scenarios.Select(scenario => Suite(part, scenario))),
            .. report.Hosts.Where(host => host.Problem is not null).Select(host => Lost(report, host)),
        ];
        return new XDocument(new XElement("testsuites", new XAttribute("name", "ContainerChaos"), Totals(suites, "tests"), Totals(suites, "failures"), Totals(suites, "errors"),
            new XAttribute("time", report.Duration.TotalSeconds.ToString("0.000", CultureInfo.InvariantCulture)), suites));
    }

    private static XElement Lost(ScenarioReport report, HostRun host) => Suite(report, "host", host.Host, 1, 0, 1,
        new XElement("testcase", new XAttribute("classname", "host"), new XAttribute("name", XmlText.Clean(host.Host)), new XAttribute("time", 0),
            new XElement("error", new XAttribute("message", XmlText.Clean(host.Problem!)))));

    private static XElement Suite(ScenarioReport report, string name, string host, int tests, int failures, int errors, params IEnumerable<XElement> content) => new("testsuite",
        new XAttribute("name", name),
        new XAttribute("tests", tests),
        new XAttribute("failures", failures),
        new XAttribute("errors", errors),
        new XAttribute("skipped", 0),
        new XAttribute("timestamp", report.StartedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)),
        new XAttribute("hostname", XmlText.Clean(host)),
        content);

    private static XElement Suite(ScenarioReport report, Scenario scenario)
    {
        ScenarioRow[] rows = [.. report.Rows.Where(r => r.Scenario == scenario.Name)];
        TrialResult[] broken = [.. report.Trials.Where(t => t.Scenario == scenario.Name && t.Error is not null)];
        return Suite(report, scenario.Name, report.Hosts is [var host] ? host.Host : Environment.MachineName, rows.Length + broken.Length, rows.Count(r => !r.AsExpected), broken.Length,
        [
            new XElement("properties",
                Property("seed", report.Seed.ToString(CultureInfo.InvariantCulture)),
                Property("kernel", report.Environment.Kernel),
                Property("cgroup", report.Environment.CgroupMode)),
            .. rows.Select(Case),
            .. broken.Select(t => new XElement("testcase",
                new XAttribute("classname", t.Scenario),
                new XAttribute("name", XmlText.Clean(RowText.Name(t))),
                new XAttribute("time", 0),
                new XElement("error", new XAttribute("message", XmlText.Clean(t.Error!))))),
        ]);
    }

    private static XElement Case(ScenarioRow row) => new("testcase",
        new XAttribute("classname", row.Scenario),
        new XAttribute("name", XmlText.Clean(RowText.Name(row))),
        new XAttribute("time", RowText.Seconds(row)),
        row.AsExpected ? null : new XElement("failure", new XAttribute("message", XmlText.Clean(row.Verdict)), XmlText.Clean(RowText.Figures(row))),
        new XElement("system-out", XmlText.Clean($"{row.Verdict}: {RowText.Figures(row)}")));

    private static XElement Property(string name, string value) => new("property", new XAttribute("name", name), new XAttribute("value", XmlText.Clean(value)));

    private static XAttribute Totals(XElement[] suites, string name) => new(name, suites.Sum(s => (int)s.Attribute(name)!));
}
