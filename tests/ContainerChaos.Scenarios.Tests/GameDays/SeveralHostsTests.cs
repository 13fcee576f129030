using System.Text.Json.Nodes;
using System.Xml.Linq;
using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Reports;
using ContainerChaos.Scenarios.Tests.Reports;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Tests.GameDays;

public sealed class SeveralHostsTests : IDisposable
{
    private static readonly IReadOnlyList<Scenario> s_scenarios = MadeReport.Shared.Scenarios;

    private readonly string _directory = Directory.CreateTempSubdirectory("cchosts").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_result_is_the_same_after_its_way_from_another_machine()
    {
        ScenarioReport made = MadeReport.Shared;
        var seen = new ProbeResult("p", "exec", "code 3", "outside", 5, 9) { Values = new Dictionary<string, object> { ["exit-code"] = 3d, ["output"] = "text" } };
        var kept = new ThresholdVerdict(LoadThreshold.Parse("failed < 5% over 2s or abort"), 0.25, false);
        TrialResult first = made.Trials[0] with
        {
            Before = [seen],
            After = [seen],
            Acts = [new ActResult("1st", "crash", true, 1, 2, "no") { ProcessorTime = TimeSpan.FromMilliseconds(3), Seen = seen }],
            Warnings = ["w"],
            Load = made.Trials[0].Load! with { Thresholds = [kept], AbortedBy = kept },
        };
        ScenarioReport sent = made with { Trials = [first, made.Trials[1] with { Load = null, Error = "e" }, .. made.Trials.Skip(2)], OpenFaults = [Fault()], FaultsUndone = 7 };
        ScenarioReport got = GameDayResult.Unpack(Result(sent).Pack(), s_scenarios).Report;
        Assert.Equal(Json(sent), Json(got));
        Assert.Equal(Text(sent, "x.journal.json"), Text(got, "x.journal.json"));
        Assert.Equal(Text(sent, "x.md"), Text(got, "x.md"));
        (LogLinearHistogram before, LogLinearHistogram after) = (sent.Trials[0].Load!.Lateness, got.Trials[0].Load!.Lateness);
        Assert.Equal(before.Count, after.Count);
        Assert.InRange(before.ValueAt(0.99) - after.ValueAt(0.99), 0, 1 << before.UnitShift);
    }

    [Fact]
    public void The_text_that_is_sent_to_a_host_is_the_one_that_was_read()
    {
        foreach (Scenario scenario in s_scenarios)
            Assert.Equal(scenario.Name, ScenarioFile.Parse(new StringReader(ScenarioCatalog.TextOf(scenario)), "x").Name);
        string path = Path.Combine(_directory, "own.yaml");
        File.WriteAllText(path, "schema: 1\nname: own\ntitle: t\ndescription: d\nsteps: [{ action: crash }]");
        Assert.Equal(File.ReadAllText(path), ScenarioCatalog.TextOf(ScenarioFile.Read(path)));
    }

    [Fact]
    public void What_is_no_result_of_these_scenarios_is_refused()
    {
        byte[] packed = Result(MadeReport.Shared).Pack();
        Assert.Throws<InvalidDataException>(() => GameDayResult.Unpack(packed, [s_scenarios[0]]));
        Assert.Throws<InvalidDataException>(() => GameDayResult.Unpack([1, 2, 3], s_scenarios));
    }

    [Fact]
    public void Every_row_trial_and_chapter_names_its_host_and_a_lost_host_is_a_finding_before_the_three_largest()
    {
        GameDayResult day = Day();
        int rows = MadeReport.Shared.Rows.Count;
        Assert.Equal(2 * rows, day.Report.Rows.Count);
        Assert.Equal(["a", "b"], day.Report.Rows.Select(row => row.Host).Distinct());
        Assert.Equal(["a", "b"], day.Report.Trials.Select(trial => trial.Host).Distinct());
        Assert.All(day.Chapters, chapter => Assert.All(chapter.Rows!, row => Assert.Equal(chapter.Host, row.Host)));
        Assert.Equal(s_scenarios.Select(s => "a: " + s.Name).Concat(s_scenarios.Skip(1).Select(s => "b: " + s.Name)), day.Held);
        Assert.Equal(["b: " + s_scenarios[0].Name], day.DidNotHold);
        Assert.Equal(s_scenarios.Select(s => "c: " + s.Name), day.NotRun);
        Assert.False(day.Report.AsExpected);
        Assert.Equal("c: no result: It cannot be reached.", day.Findings[0].ToString());
        Assert.False(day.Findings[0].IsExpected);
        Assert.Equal(4, day.Findings.Count);
        Assert.Equal(("b", s_scenarios[0].Name, false), (day.Findings[1].Row!.Host!, day.Findings[1].Row!.Scenario, day.Findings[1].IsExpected));
        Assert.StartsWith("b: " + s_scenarios[0].Name, day.Findings[1].ToString(), StringComparison.Ordinal);
        // Not the same scenario from another host again.
        Assert.Equal(3, day.Findings.Skip(1).Select(finding => (finding.Row!.Scenario, finding.Row.Variant)).Distinct().Count());
    }

    [Fact]
    public void A_lost_host_alone_makes_the_game_day_one_that_did_not_hold()
    {
        HostOutcome good = new("a", Result(MadeReport.Shared with { Rows = [.. MadeReport.Shared.Rows.Select(row => row with { AsExpected = true })] }), null);
        Assert.True(Merge(good).Report.AsExpected);
        GameDayResult day = Merge(good, new HostOutcome("c", null, "lost"));
        Assert.False(day.Report.AsExpected);
        Assert.Empty(day.DidNotHold);
        GameDayResult nothing = Merge(new HostOutcome("c", null, "lost"));
        Assert.Empty(nothing.Report.Rows);
        foreach (string name in (string[])["n.html", "n.md", "n.xml", "n.nunit.xml", "n.json"])
            Assert.Contains("lost", Text(nothing.Report, name), StringComparison.Ordinal);
        Assert.Contains("The host a is named twice", Assert.Throws<ArgumentException>(() => Merge(good, good with { Host = "A" })).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Merge());
    }

    [Fact]
    public void The_page_and_the_markdown_say_for_each_row_where_it_was_seen_and_what_each_host_was()
    {
        ScenarioReport report = Day("host|<a>").Report;
        string html = Text(report, "r.html");
        Assert.Contains("verdicts are not as expected; 1 of 3 hosts gave no result</h1>", html, StringComparison.Ordinal);
        Assert.Contains("<section id=\"hosts\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<a>", html, StringComparison.Ordinal);
        Assert.Equal(report.Rows.Count(row => row.Host == "b"), Count(html, "<tr><th scope=\"row\">b</th><th scope=\"row\">"));
        Assert.Contains("-HostName host|&lt;a&gt;, b, c", html, StringComparison.Ordinal);
        foreach (string drawing in html.Split("<svg").Skip(1))
            XElement.Parse("<svg" + drawing[..drawing.IndexOf("</svg>", StringComparison.Ordinal)] + "</svg>");
        string[] lines = Text(report, "r.md").Split('\n');
        Assert.Contains(lines, line => line.TrimEnd() == "- **c**: no result: It cannot be reached.");
        Assert.Equal(report.Rows.Count(row => row.Host == "b"), lines.Count(line => line.StartsWith("| b | ", StringComparison.Ordinal)));
        Assert.Contains(lines, line => line.StartsWith(@"| host\|\<a> | ", StringComparison.Ordinal));
        Assert.Equal(2, lines.Count(line => line.StartsWith("<sub>", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_files_for_machines_have_the_host_where_their_readers_look_for_it()
    {
        ScenarioReport report = Day().Report;
        XElement junit = XDocument.Parse(Text(report, "r.xml")).Root!;
        Assert.Equal(["a", "b", "c"], junit.Elements("testsuite").Select(suite => suite.Attribute("hostname")!.Value).Distinct());
        Assert.Equal(report.Rows.Count + 1, (int)junit.Attribute("tests")!);
        Assert.Equal("It cannot be reached.", Assert.Single(junit.Descendants("error")).Attribute("message")!.Value);
        XElement nunit = XDocument.Parse(Text(report, "r.nunit.xml")).Root!;
        XElement[] cases = [.. nunit.Descendants("test-case")];
        Assert.Equal(report.Rows.Count + 1, cases.Length);
        Assert.Equal(cases.Length, cases.Select(c => c.Attribute("id")!.Value).Distinct().Count());
        Assert.Equal(cases.Length, cases.Select(c => c.Attribute("fullname")!.Value).Distinct().Count());
        JsonNode json = JsonNode.Parse(Text(report, "r.json"))!;
        Assert.Equal(["a", "b", "c"], json["hosts"]!.AsArray().Select(host => (string)host!["host"]!));
        Assert.Equal(["a", "b"], json["rows"]!.AsArray().Select(row => (string)row!["host"]!).Distinct());
        Assert.Equal(["a", "b"], json["trials"]!.AsArray().Select(trial => (string)trial!["host"]!).Distinct());
    }

    [Fact]
    public void A_report_of_this_machine_alone_names_no_host()
    {
        JsonNode json = JsonNode.Parse(Text(MadeReport.Shared, "r.json"))!;
        Assert.Null(json["hosts"]);
        Assert.False(json["rows"]![0]!.AsObject().ContainsKey("host"));
        Assert.DoesNotContain("id=\"hosts\"", Text(MadeReport.Shared, "r.html"), StringComparison.Ordinal);
        Assert.Contains("\n| policy | init |", Text(MadeReport.Shared, "r.md"), StringComparison.Ordinal);
        Assert.Same(MadeReport.Shared, Assert.Single(MadeReport.Shared.ByHost()));
    }

    [Fact]
    public void The_history_compares_a_host_with_itself()
    {
        var history = new ResultHistory(Path.Combine(_directory, "history.db"));
        history.Add(MadeReport.Shared);
        foreach (ScenarioReport part in Day().Report.ByHost().Concat(Day().Report.ByHost()))
            history.Add(part);
        ChaosResult[] one = [.. history.Read().Where(r => r.FirstSuccessP50 is not null).GroupBy(r => (r.Scenario, r.Variant, r.Policy, r.Init, r.Crash)).First()];
        Assert.Equal([null, "a", "b", "a", "b"], one.OrderBy(r => r.Run).Select(r => r.Host));
        Assert.Equal([null, null, null, 0, 0], one.OrderBy(r => r.Run).Select(r => r.Change));
        Assert.Equal(3, history.Read(new ResultFilter { Last = 1, Scenario = name => name == one[0].Scenario }).Count(r => r.Crash == one[0].Crash && r.Policy == one[0].Policy && r.Init == one[0].Init && r.Variant == one[0].Variant));
    }

    // On b, the first scenario does not hold; c gave nothing.
    private static GameDayResult Day(string first = "a")
    {
        ScenarioReport good = MadeReport.Shared with { Rows = [.. MadeReport.Shared.Rows.Select(row => row with { AsExpected = true })] };
        ScenarioReport bad = good with { Rows = [good.Rows[0] with { AsExpected = false, Verdict = "too slow" }, .. good.Rows.Skip(1)] };
        return Merge(new HostOutcome(first, Result(good), null), new HostOutcome("b", Result(bad), null), new HostOutcome("c", null, "It cannot be reached."));
    }

    private static GameDayResult Merge(params HostOutcome[] outcomes) => GameDayResult.Merge(outcomes, s_scenarios, DateTimeOffset.UtcNow, TimeSpan.FromSeconds(9), 1);

    private static GameDayResult Result(ScenarioReport report) => GameDayResult.Of(
        [.. report.Scenarios.Select((scenario, i) => (scenario, i, rows: report.Rows.Where(row => row.Scenario == scenario.Name).ToArray())).Select(one => new GameDayChapter
        {
            Number = one.i + 1,
            Of = report.Scenarios.Count,
            Scenario = one.scenario,
            Rows = one.rows,
            Held = one.rows.All(row => row.AsExpected),
        })],
        s_scenarios, report);

    private static FaultRecord Fault() => new()
    {
        Id = "0000000a",
        Fault = "freeze",
        Effect = "e",
        Target = new FaultSubject { Kind = "container", Name = "n", Id = "i", Pid = 3 },
        Since = DateTimeOffset.UtcNow,
        Pid = 4,
        PidStartTime = 5,
        Undo = [FaultStep.Write("/sys/x", "0"), FaultStep.Signal(3, 4, 18)],
        StopWhen = [StopCondition.Parse("http://127.0.0.1:80/")],
        Holds = ["h"],
    };

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private string Text(ScenarioReport report, string name)
    {
        string path = Path.Combine(_directory, name);
        ReportWriter.Write(report, path);
        return File.ReadAllText(path);
    }

    // Without the lateness, which is sent by buckets.
    private string Json(ScenarioReport report)
    {
        JsonNode json = JsonNode.Parse(Text(report, "report.json"))!;
        foreach (JsonNode? trial in json["trials"]!.AsArray())
            trial!["load"]?.AsObject().Remove("latenessNs");
        return json.ToJsonString();
    }
}
