using System.Text.Json;
using ContainerChaos.Scenarios.Reports;
using ContainerChaos.Scenarios.Tests.Load;
using ContainerChaos.Scenarios.Tests.Reports;
using ContainerChaos.Scenarios.Tests.Runs;

namespace ContainerChaos.Scenarios.Tests.Experiments;

/// <summary>Experiments of the Chaos Toolkit, run on real containers, and the journals of that.</summary>
[Collection(nameof(TimingTests))]
public sealed class ExperimentRunTests : RunnerTest, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cc-experiment").FullName;

    [Fact]
    public void Requests_programs_and_what_is_done_to_the_container_are_in_a_journal_of_each_trial()
    {
        using var server = new TestServer(isTcp: true);
        string json = $$"""
            {
              "title": "It comes back",
              "description": "The policy restarts it.",
              "controls": [{ "name": "c", "provider": { "type": "python", "module": "m" } }],
              "extensions": [{ "name": "containerchaos", "target": { "command": ["serve"], "restart-delay": "20ms" }, "load": { "rate": 100, "timeout": "5s" }, "steady": { "latency": "5s" }, "matrix": { "policies": ["always"], "init": [false] }, "trials": 2 }],
              "steady-state-hypothesis": { "title": "All is well", "probes": [
                { "type": "probe", "name": "the other service", "tolerance": 200, "provider": { "type": "http", "url": "http://{{server.EndPoint}}/" } },
                { "type": "probe", "name": "the container", "tolerance": 200, "provider": { "type": "http", "url": "/healthz" } }
              ] },
              "method": [
                { "type": "action", "name": "crash", "provider": { "type": "containerchaos", "action": "crash", "timeout": "30s" }, "pauses": { "after": 0.1 } },
                { "ref": "the other service" },
                { "type": "action", "name": "note", "provider": { "type": "process", "path": "sh", "arguments": ["-c", "echo $CONTAINERCHAOS_CONTAINER; exit 3"] } },
                { "type": "action", "name": "nobody", "provider": { "type": "process", "path": "no-such-program" } }
              ],
              "rollbacks": [{ "type": "action", "name": "tidy", "provider": { "type": "process", "path": "true" } }]
            }
            """;
        ScenarioReport report = Run(json);
        Assert.All(report.Trials, trial => Assert.Null(trial.Error));
        Assert.True(report.AsExpected, string.Join("; ", report.Rows));
        string path = Path.Combine(_folder, "run.journal.json");
        ReportWriter.Write(report, path);
        Assert.Equal(["run.2.journal.json", "run.journal.json"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));

        JsonElement journal = Read(path);
        Assert.Equal(("completed", false), (journal.GetProperty("status").GetString(), journal.GetProperty("deviated").GetBoolean()));
        Assert.Equal("It comes back", journal.GetProperty("experiment").GetProperty("title").GetString());
        foreach (string when in (string[])["before", "after"])
        {
            JsonElement state = journal.GetProperty("steady_states").GetProperty(when);
            Assert.True(state.GetProperty("steady_state_met").GetBoolean());
            Assert.Equal(["the other service True 200", "the container True 200"], state.GetProperty("probes").EnumerateArray().Select(
                probe => $"{Name(probe)} {probe.GetProperty("tolerance_met")} {probe.GetProperty("output").GetProperty("status")}"));
        }

        JsonElement[] run = [.. journal.GetProperty("run").EnumerateArray()];
        Assert.Equal(["crash succeeded", "the other service succeeded", "note succeeded", "nobody failed"], run.Select(entry => $"{Name(entry)} {entry.GetProperty("status").GetString()}"));
        Assert.Equal("ok", run[1].GetProperty("output").GetProperty("body").GetString());
        Assert.Equal((3, report.Trials[0].Container), (run[2].GetProperty("output").GetProperty("status").GetInt32(), run[2].GetProperty("output").GetProperty("stdout").GetString()));
        Assert.Contains("no-such-program", run[3].GetProperty("exception")[0].GetString());
        Assert.True(run[1].GetProperty("start").GetDateTimeOffset() - run[0].GetProperty("end").GetDateTimeOffset() >= TimeSpan.FromMilliseconds(99));
        Assert.Equal("tidy succeeded", Assert.Single(journal.GetProperty("rollbacks").EnumerateArray().Select(entry => $"{Name(entry)} {entry.GetProperty("status").GetString()}")));
        Assert.InRange(journal.GetProperty("duration").GetDouble(), 0.1, report.Duration.TotalSeconds);
        Assert.Equal(journal.GetProperty("duration").GetDouble(), (journal.GetProperty("end").GetDateTimeOffset() - journal.GetProperty("start").GetDateTimeOffset()).TotalSeconds, 0.001);
        Assert.Contains("controls are functions in Python", Assert.Single(journal.GetProperty("containerchaos").GetProperty("warnings").EnumerateArray()).GetString());
    }

    [Fact]
    public void A_hypothesis_that_does_not_hold_any_more_is_a_deviation_and_what_is_down_hides_none()
    {
        ScenarioReport report = Run("""
            title: It stays away
            description: Nothing restarts it.
            extensions: [{ name: containerchaos, load: { rate: 100, timeout: 5s }, steady: { latency: 5s } }]
            steady-state-hypothesis:
              title: It answers
              probes: [{ type: probe, name: answers, tolerance: 200, provider: { type: http, url: /healthz } }]
            method:
              - { type: action, name: crash, provider: { type: containerchaos, action: crash } }
              - { type: probe, name: afterwards, provider: { type: process, path: echo, arguments: still here } }
            """);
        Assert.Null(Assert.Single(report.Trials).Error);
        Assert.False(report.AsExpected);
        Assert.StartsWith("not steady after, 1 of 1: answers: ", report.Rows.Single(row => row.Crash == "afterwards").Verdict);
        string path = Path.Combine(_folder, "run.journal.json");
        ReportWriter.Write(report, path);
        JsonElement journal = Read(path);
        Assert.Equal(("failed", true), (journal.GetProperty("status").GetString(), journal.GetProperty("deviated").GetBoolean()));
        JsonElement after = journal.GetProperty("steady_states").GetProperty("after");
        Assert.False(after.GetProperty("steady_state_met").GetBoolean());
        Assert.Equal("failed", after.GetProperty("probes")[0].GetProperty("status").GetString());
        Assert.Equal("still here", journal.GetProperty("run")[1].GetProperty("output").GetProperty("stdout").GetString());
    }

    [Fact]
    public void A_scenario_of_ours_has_a_journal_as_well()
    {
        ScenarioReport report = MadeReport.Create();
        string path = Path.Combine(_folder, "made.journal.json");
        ReportWriter.Write(report, path);
        JsonElement journal = Read(path);
        Assert.Equal(report.Scenarios[0].Title, journal.GetProperty("experiment").GetProperty("title").GetString());
        Assert.Equal(report.Trials.Count, Directory.GetFiles(_folder).Length);
    }

    void IDisposable.Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        Dispose();
    }

    private static string? Name(JsonElement entry) => entry.GetProperty("activity").GetProperty("name").GetString();

    private static JsonElement Read(string path) => JsonDocument.Parse(File.ReadAllText(path)).RootElement;

    private ScenarioReport Run(string text) => new ScenarioRunner(Engine).Run([ScenarioFile.Parse(new StringReader(text), "test.json")], new RunOptions());
}
