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
        ReportWriter.WriteHtml(MadeReport.Create(), path);
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
        ScenarioReport report = MadeReport.Create();
        Scenario first = report.Scenarios[0] with { Title = "<b>&\"title\"" };
        string path = Path.Combine(_directory, "report.html");
        ReportWriter.WriteHtml(report with { Scenarios = [first, .. report.Scenarios.Skip(1)] }, path);
        Assert.DoesNotContain("<b>&\"title", File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void The_json_holds_every_row_every_trial_and_every_request()
    {
        ScenarioReport report = MadeReport.Create();
        string path = Path.Combine(_directory, "report.json");
        ReportWriter.WriteJson(report, path);
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
}
