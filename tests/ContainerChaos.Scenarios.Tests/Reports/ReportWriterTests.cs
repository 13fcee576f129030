using System.Text.Json;
using System.Xml.Linq;
using ContainerChaos.Scenarios.Reports;

namespace ContainerChaos.Scenarios.Tests.Reports;

public sealed class ReportWriterTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ccreport").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_page_is_self_contained_and_its_drawings_are_well_formed()
    {
        string path = Path.Combine(Environment.GetEnvironmentVariable("CONTAINERCHAOS_KEEP_REPORT") ?? _directory, "report.html");
        ReportWriter.Write(MadeReport.Shared, path);
        string html = File.ReadAllText(path);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("http://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", html, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", html, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", html, StringComparison.Ordinal);
        int drawings = 0;
        for (int at = html.IndexOf("<svg", StringComparison.Ordinal); at >= 0; at = html.IndexOf("<svg", at + 1, StringComparison.Ordinal))
        {
            int end = html.IndexOf("</svg>", at, StringComparison.Ordinal) + 6;
            XElement svg = XElement.Parse(html[at..end]);
            Assert.True(svg.Attribute("aria-label") is not null || svg.Attribute("aria-hidden") is not null);
            drawings++;
        }

        Assert.True(drawings > 30, $"{drawings} drawings");
    }

    [Fact]
    public void What_comes_from_a_scenario_file_is_escaped()
    {
        ScenarioReport report = MadeReport.Shared;
        Scenario first = report.Scenarios[0] with { Title = "<b>&\"title\"" };
        string path = Path.Combine(_directory, "report.html");
        ReportWriter.Write(report with { Scenarios = [first, .. report.Scenarios.Skip(1)] }, path);
        Assert.DoesNotContain("<b>&\"title", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void The_json_holds_every_row_every_trial_and_every_request()
    {
        ScenarioReport report = MadeReport.Shared;
        string path = Path.Combine(_directory, "report.json");
        ReportWriter.Write(report, path);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(path));
        JsonElement root = json.RootElement;
        Assert.Equal(1, root.GetProperty("schemaVersion").GetInt32());
        Assert.Equal(report.Rows.Count, root.GetProperty("rows").GetArrayLength());
        Assert.Equal(report.Trials.Count, root.GetProperty("trials").GetArrayLength());
        Assert.Equal(0, root.GetProperty("ledger").GetProperty("open").GetArrayLength());
        JsonElement trial = root.GetProperty("trials")[0];
        Assert.Equal(report.Trials[0].Load!.Samples.Count, trial.GetProperty("load").GetProperty("samples").GetArrayLength());
        Assert.Equal(5, root.GetProperty("rows")[0].GetProperty("stagesMs").GetProperty("firstSuccess").GetProperty("values").GetArrayLength());
        Assert.Empty(Directory.EnumerateFiles(_directory, "*.new"));
    }

    [Fact]
    public void JUnit_has_a_case_for_each_row_a_failure_for_each_surprise_and_an_error_for_each_broken_trial()
    {
        XElement root = Broken(out ScenarioReport report, "report.xml").Root!;
        Assert.Equal(("testsuites", report.Scenarios.Count), (root.Name.LocalName, root.Elements("testsuite").Count()));
        XElement[] cases = [.. root.Descendants("testcase")];
        Assert.Equal(report.Rows.Count + 1, cases.Length);
        Assert.Equal(cases.Length, (int)root.Attribute("tests")!);
        XElement failed = Assert.Single(cases, c => c.Element("failure") is not null);
        Assert.Equal("too slow & \uFFFD odd", failed.Element("failure")!.Attribute("message")!.Value);
        Assert.Equal(report.Rows.Single(r => !r.AsExpected).FirstSuccessP50!.Value.TotalSeconds, (double)failed.Attribute("time")!, 6);
        Assert.Equal("out of <pids>", Assert.Single(cases, c => c.Element("error") is not null).Element("error")!.Attribute("message")!.Value);
        Assert.Equal((1, 1), ((int)root.Attribute("failures")!, (int)root.Attribute("errors")!));
    }

    [Fact]
    public void NUnit_counts_what_it_holds()
    {
        XElement root = Broken(out ScenarioReport report, "report.nunit.xml").Root!;
        XElement[] cases = [.. root.Descendants("test-case")];
        Assert.Equal(report.Rows.Count + 1, cases.Length);
        Assert.Equal(("Failed", cases.Length, 2), (root.Attribute("result")!.Value, (int)root.Attribute("testcasecount")!, (int)root.Attribute("failed")!));
        Assert.Equal(2, cases.Count(c => c.Attribute("result")!.Value == "Failed"));
        Assert.Equal(cases.Length, cases.Select(c => c.Attribute("id")!.Value).Distinct().Count());
    }

    [Fact]
    public void Markdown_says_first_what_was_not_as_expected_and_lets_no_text_break_a_table()
    {
        string path = Path.Combine(_directory, "report.md");
        ScenarioReport report = MadeReport.Shared;
        ReportWriter.Write(report with { Rows = [report.Rows[0] with { AsExpected = false, Verdict = "a|b <b>" }, .. report.Rows.Skip(1)] }, path);
        string[] lines = File.ReadAllLines(path);
        Assert.Equal("## Chaos: not as expected", lines[0]);
        Assert.Contains(lines.Take(6), l => l.EndsWith(@"**: a\|b \<b>", StringComparison.Ordinal));
        string[] rows = [.. lines.Where(l => l.StartsWith("| ", StringComparison.Ordinal) && !l.StartsWith("| policy", StringComparison.Ordinal))];
        Assert.Equal(report.Rows.Count, rows.Length);
        Assert.All(rows, row => Assert.Equal(10, row.Replace(@"\|", "", StringComparison.Ordinal).Count(c => c == '|')));
    }

    [Fact]
    public void A_name_that_says_no_format_is_refused_with_those_there_are() =>
        Assert.Contains(".nunit.xml", Assert.Throws<ArgumentException>(() => ReportWriter.FormatOf("report.pdf")).Message, StringComparison.Ordinal);

    // One row is a surprise, and one trial failed itself.
    private XDocument Broken(out ScenarioReport report, string name)
    {
        report = MadeReport.Shared;
        int surprise = report.Rows.Index().First(r => r.Item.FirstSuccessP50 is not null).Index;
        report = report with
        {
            Rows = [.. report.Rows.Select((row, i) => i == surprise ? row with { AsExpected = false, Verdict = "too slow & \u0007 odd" } : row with { AsExpected = true })],
            Trials = [report.Trials[0] with { Error = "out of <pids>" }, .. report.Trials.Skip(1)],
        };
        string path = Path.Combine(_directory, name);
        ReportWriter.Write(report, path);
        return XDocument.Load(path);
    }
}
