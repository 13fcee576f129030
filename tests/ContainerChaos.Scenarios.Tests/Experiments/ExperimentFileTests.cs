using System.Text.Json;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Tests.Experiments;

/// <summary>What of an experiment of the Chaos Toolkit becomes what of a scenario, and what is refused where.</summary>
public sealed class ExperimentFileTests
{
    private const string Crash = """{"type": "action", "name": "crash", "provider": {"type": "containerchaos", "action": "crash", "signal": "SEGV"}}""";

    private const string Json = """
        {
          "version": "1.0.0",
          "title": "Does our service tolerate a crash of its worker?",
          "description": "It is restarted, and nobody should see more than a second of it.",
          "tags": ["Kubernetes", "service: web"],
          "configuration": { "port": 8081, "token_name": { "type": "env", "key": "CONTAINERCHAOS_NO_SUCH_VARIABLE", "default": "X-Token" } },
          "secrets": { "web": { "token": "s3cr\u00e9t" } },
          "controls": [{ "name": "tracing", "provider": { "type": "python", "module": "chaostracing.control" } }],
          "extensions": [
            { "name": "somebody", "data": [1, 2] },
            { "name": "containerchaos", "target": { "command": ["serve"], "restart-delay": "20ms" }, "matrix": { "policies": ["always"], "init": [true] }, "load": { "rate": 100 }, "trials": 2 }
          ],
          "steady-state-hypothesis": {
            "title": "It answers",
            "probes": [
              { "type": "probe", "name": "answers", "tolerance": 200, "provider": { "type": "http", "url": "http://127.0.0.1:${port}/a", "timeout": 3, "headers": { "${token_name}": "${token}" }, "arguments": { "q": "a b" } } },
              { "type": "probe", "name": "one of", "tolerance": [200, 301, 302], "provider": { "type": "http", "url": "/healthz" } },
              { "type": "probe", "name": "says", "tolerance": { "type": "regex", "target": "stdout", "pattern": "^up [0-9]+$" }, "provider": { "type": "process", "path": "uptime", "arguments": ["-p", "x y"] } },
              { "type": "probe", "name": "exact", "tolerance": "a.b", "provider": { "type": "process", "path": "cat", "arguments": "-A 'x y' z" } },
              { "type": "probe", "name": "between", "tolerance": { "type": "range", "range": [0, 2] }, "provider": { "type": "process", "path": "grep", "arguments": { "-e": "x" } } },
              { "type": "probe", "name": "small", "tolerance": true, "provider": { "type": "containerchaos", "probe": "metric", "tolerances": ["memory < 1g"] } },
              { "type": "probe", "name": "judged", "tolerance": { "type": "probe", "name": "judge", "tolerance": 0, "provider": { "type": "process", "path": "true" } }, "provider": { "type": "process", "path": "true" } }
            ]
          },
          "method": [
            { "type": "action", "name": "slow", "background": true, "provider": { "type": "containerchaos", "action": "cpu-quota", "processors": 0.5 } },
            { "type": "action", "name": "crash", "provider": { "type": "containerchaos", "action": "crash", "signal": "SEGV" }, "pauses": { "before": 1, "after": 0.5 } },
            { "ref": "answers" },
            { "type": "action", "name": "post", "provider": { "type": "http", "url": "https://host.example/${unknown}", "method": "POST", "headers": { "Content-Type": "application/json" }, "arguments": { "n": 1, "t": "1", "b": true } } }
          ],
          "rollbacks": [ { "type": "action", "name": "tidy", "provider": { "type": "process", "path": "/bin/tidy", "timeout": 2.5 } } ]
        }
        """;

    [Fact]
    public void An_experiment_in_JSON_is_read_with_its_probes_its_method_and_its_rollbacks()
    {
        Scenario scenario = Parse(Json);
        Assert.Equal("does-our-service-tolerate-a-crash-of-its-worker", scenario.Name);
        Assert.Equal(["kubernetes", "service-web"], scenario.Tags);
        Assert.Equal((2, 100.0, "always"), (scenario.Trials, scenario.Load.Rate, Assert.Single(scenario.Policies).ToString()));
        Assert.Equal("test.json:8:15: controls: controls are functions in Python, and are not run here.", Assert.Single(scenario.Ignored));

        Assert.Equal(["answers", "one of", "says", "exact", "between", "small", "judged", "judged: judge"], scenario.Probes.Select(probe => probe.Name));
        Assert.Equal(
            ["status = 200", "status in 200, 301, 302", "output matches (?:^up [0-9]+$)", @"output matches ^a\.b$", "exit-code >= 0 exit-code <= 2", "memory < 1g", "", "exit-code = 0"],
            scenario.Probes.Select(probe => string.Join(' ', probe.Tolerances)));
        var answers = Assert.IsType<UrlProbe>(scenario.Probes[0]);
        Assert.Equal(("http://127.0.0.1:8081/a?q=a%20b", "GET", TimeSpan.FromSeconds(3), "s3crét"), (answers.Url.AbsoluteUri, answers.Method, answers.Timeout, answers.Headers["X-Token"]));
        Assert.Equal("/healthz", Assert.IsType<HttpProbe>(scenario.Probes[1]).Path);
        Assert.Equal(["uptime", "-p", "x y"], Assert.IsType<ProcessProbe>(scenario.Probes[2]).Command);
        Assert.Equal(["cat", "-A", "x y", "z"], Assert.IsType<ProcessProbe>(scenario.Probes[3]).Command);
        Assert.Equal(["grep", "-e", "x"], Assert.IsType<ProcessProbe>(scenario.Probes[4]).Command);

        Assert.Equal(["slow", "crash", "answers", "post"], scenario.Steps.Select(step => step.Label));
        Assert.Equal([true, false, false, false], scenario.Steps.Select(step => step.IsBackground));
        Assert.Equal((TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(0.5), 11), (scenario.Steps[1].After, scenario.Steps[1].Pause, scenario.Steps[1].Acts[0].Signal));
        var post = Assert.IsType<UrlProbe>(scenario.Steps[3].Acts[0].Probe);
        Assert.Equal(("POST", """{"n":1,"t":"1","b":true}""", "https://host.example/$%7Bunknown%7D"), (post.Method, post.Body, post.Url.AbsoluteUri));
        Assert.Equal(("tidy", TimeSpan.FromSeconds(2.5)), (Assert.Single(scenario.Rollbacks).ToString(), scenario.Rollbacks[0].Timeout));
        // The copy is of what was written, and not of what was put in.
        JsonElement copy = JsonDocument.Parse(scenario.Experiment!).RootElement;
        Assert.Equal("${token}", copy.GetProperty("steady-state-hypothesis").GetProperty("probes")[0].GetProperty("provider").GetProperty("headers").GetProperty("${token_name}").GetString());
        Assert.Equal(8081, copy.GetProperty("configuration").GetProperty("port").GetInt32());
    }

    [Fact]
    public void The_same_in_YAML_with_nothing_but_what_is_needed_is_done_once_to_a_container_as_it_is_made()
    {
        Scenario scenario = Parse("""
            title: Exhausted
            description: x
            steady-state-hypothesis:
              title: Fine
              probes:
                - { type: probe, name: up, tolerance: OK, provider: { type: http, url: "http://127.0.0.1:1/", method: POST, arguments: { a: "1 2" } } }
            method:
              - type: action
                name: storm
                provider:
                  type: containerchaos
                  random: [{ action: sigstop, duration: 50ms }, { action: cpu-quota }]
                  within: 1s
            rollbacks: []
            """);
        Assert.Equal(("exhausted", 1, 1), (scenario.Name, scenario.Trials, scenario.Cells().Count()));
        Assert.Equal([RestartPolicy.No], scenario.Policies);
        Assert.Equal("storm", Assert.Single(scenario.Steps).Label);
        Assert.Equal(2, scenario.Steps[0].Draw!.Count);
        var up = Assert.IsType<UrlProbe>(Assert.Single(scenario.Probes));
        Assert.Equal(("body matches ^OK$", "a=1%202", "application/x-www-form-urlencoded"), (Assert.Single(up.Tolerances).Text, up.Body, up.Headers["Content-Type"]));
        Assert.Empty(scenario.Ignored);
    }

    [Theory]
    [InlineData("""{"type": "action", "name": "a", "provider": {"type": "python", "module": "chaosk8s.pod.actions", "func": "terminate_pods"}}""", "2:60", "chaosk8s.pod.actions.terminate_pods is Python")]
    [InlineData("""{"type": "action", "name": "a", "provider": {"type": "process", "path": "sh", "arguments": "-c 'a | b'"}}""", "2:98", "no shell reads them here")]
    [InlineData("""{"type": "action", "name": "a", "provider": {"type": "http", "url": "ftp://x"}}""", "2:75", "it must begin with 'http://'")]
    [InlineData("""{"type": "action", "name": "a", "provider": {"type": "http", "url": "https://x", "verify_tls": false}}""", "2:102", "certificates are always verified")]
    [InlineData("""{"type": "action", "name": "a", "background": true, "provider": {"type": "process", "path": "x"}}""", "2:53", "only a fault of the type containerchaos")]
    [InlineData("""{"type": "action", "name": "a", "provider": {"type": "containerchaos", "action": "explode"}}""", "2:88", "'explode' is none of")]
    [InlineData("""{"type": "action", "name": "a", "provider": {"type": "ssh"}}""", "2:60", "'ssh' is none of containerchaos, process, http")]
    [InlineData("""{"type": "action", "name": "a", "when": 1, "provider": {"type": "process", "path": "x"}}""", "2:39", "unknown key 'when'")]
    [InlineData("""{"ref": "nobody"}""", "2:15", "there is no activity 'nobody'")]
    public void What_can_not_be_done_here_is_refused_at_its_place_with_what_to_do(string activity, string place, string problem) =>
        AssertRefused($$"""{"title": "t", "description": "d", "method": [{{"\n"}}      {{activity}}]}""", place, problem);

    [Theory]
    [InlineData("true", "never a truth")]
    [InlineData("""{"type": "jsonpath", "path": "$.a"}""", "a JSON path is not looked for here")]
    [InlineData("""{"type": "regex", "pattern": "("}""", "is not a tolerance of a command")]
    [InlineData("""{"type": "regex", "target": "headers", "pattern": "x"}""", "'headers' is none of stdout, stderr")]
    [InlineData("""["a", 1]""", "'a' is not a number")]
    public void A_tolerance_that_is_none_here_is_refused_at_its_place(string tolerance, string problem) => AssertRefused(
        $$$"""{"title": "t", "description": "d", "method": [{{{Crash}}}], "steady-state-hypothesis": {"title": "h", "probes": [{{{"\n"}}}{"type": "probe", "name": "p", "provider": {"type": "process", "path": "x"}, "tolerance": {{{tolerance}}}}]}}""",
        "2:", problem);

    [Theory]
    [InlineData("""
        "secrets": {"a": {"b": {"type": "vault", "path": "x"}}}
        """, "neither a vault nor a probe is asked")]
    [InlineData("""
        "configuration": {"b": {"type": "env", "key": "CONTAINERCHAOS_NO_SUCH_VARIABLE"}}
        """, "CONTAINERCHAOS_NO_SUCH_VARIABLE is not set")]
    [InlineData("""
        "runtime": {"hypothesis": {"strategy": "continuously"}}
        """, "'continuously' is none of default")]
    [InlineData("""
        "extensions": [{"name": "containerchaos", "trial": 3}]
        """, "unknown key 'trial'")]
    public void What_an_experiment_says_beside_its_activities_is_refused_at_its_place_too(string member, string problem) =>
        AssertRefused($$"""{"title": "t", "description": "d", "method": [{{Crash}}],{{"\n"}} {{member}}}""", "2:", problem);

    private static void AssertRefused(string json, string place, string problem)
    {
        var e = Assert.Throws<ScenarioFileException>(() => Parse(json));
        Assert.StartsWith($"test.json:{place}", e.Message);
        Assert.Contains(problem, e.Message);
    }

    private static Scenario Parse(string text) => ScenarioFile.Parse(new StringReader(text), "test.json");
}
