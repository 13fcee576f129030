using System.Globalization;
using System.Xml.Linq;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>
/// NUnit 3's XML: a fixture for each scenario, a case for each row, whose duration is the median until the first success.
/// A trial that failed itself is a case of its own, with the label Error.
/// </summary>
internal static class NUnitReport
{
    internal static XDocument Create(ScenarioReport report)
    {
        XElement[] suites = [.. report.Scenarios.Select((scenario, index) => Suite(report, scenario, index)), .. Hosts(report)];
        return new XDocument(new XElement("test-run", new XAttribute("id", 0), new XAttribute("name", "ContainerChaos"), Counts(suites), Times(report),
            new XAttribute("engine-version", report.Environment.Version), suites));
    }

    private static XElement Suite(ScenarioReport report, Scenario scenario, int index)
    {
        XElement[] cases =
        [
            .. report.Rows.Where(r => r.Scenario == scenario.Name).Select(row => Case(
                scenario.Name, RowText.Name(row), RowText.Seconds(row), row.AsExpected ? null : (row.Verdict, null), $"{row.Verdict}: {RowText.Figures(row)}")),
            .. report.Trials.Where(t => t.Scenario == scenario.Name && t.Error is not null).Select(t => Case(
                scenario.Name, RowText.Name(t), "0", (t.Error!, "Error"), null)),
        ];
        return Suite(report, scenario.Name, index, cases);
    }

    // Machines of several that nothing came from, which belong to no scenario.
    private static XElement[] Hosts(ScenarioReport report)
    {
        XElement[] lost = [.. report.Hosts.Where(host => host.Problem is not null).Select(host => Case("hosts", host.Host, "0", (host.Problem!, "Error"), null))];
        return lost.Length == 0 ? [] : [Suite(report, "hosts", report.Scenarios.Count, lost)];
    }

    private static XElement Suite(ScenarioReport report, string name, int index, XElement[] cases)
    {
        for (int i = 0; i < cases.Length; i++)
            cases[i].SetAttributeValue("id", string.Create(CultureInfo.InvariantCulture, $"{index}-{i + 1}"));
        return new XElement("test-suite", new XAttribute("type", "TestFixture"), new XAttribute("id", string.Create(CultureInfo.InvariantCulture, $"{index}-0")),
            new XAttribute("name", name), new XAttribute("fullname", name), Counts(cases), Times(report), cases);
    }

    private static XElement Case(string suite, string name, string seconds, (string Message, string? Label)? failure, string? output) => new("test-case",
        new XAttribute("name", XmlText.Clean(name)), new XAttribute("fullname", XmlText.Clean($"{suite}.{name}")),
        new XAttribute("classname", suite),
        new XAttribute("result", failure is null ? "Passed" : "Failed"), failure?.Label is { } label ? new XAttribute("label", label) : null,
        new XAttribute("duration", seconds), new XAttribute("asserts", 1),
        failure is { } f ? new XElement("failure", new XElement("message", XmlText.Clean(f.Message))) : null,
        output is null ? null : new XElement("output", XmlText.Clean(output)));

    // Of cases, or of suites that have theirs.
    private static XAttribute[] Counts(XElement[] of)
    {
        int passed = of.Sum(e => (int?)e.Attribute("passed") ?? (e.Attribute("result")!.Value == "Passed" ? 1 : 0));
        int total = of.Sum(e => (int?)e.Attribute("total") ?? 1);
        return
        [
            new("testcasecount", total), new("result", passed == total ? "Passed" : "Failed"), new("total", total), new("passed", passed),
            new("failed", total - passed), new("inconclusive", 0), new("skipped", 0), new("asserts", total),
        ];
    }

    private static XAttribute[] Times(ScenarioReport report) =>
    [
        new("start-time", report.StartedAt.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)),
        new("end-time", (report.StartedAt + report.Duration).UtcDateTime.ToString("u", CultureInfo.InvariantCulture)),
        new("duration", report.Duration.TotalSeconds.ToString("0.000000", CultureInfo.InvariantCulture)),
    ];
}
