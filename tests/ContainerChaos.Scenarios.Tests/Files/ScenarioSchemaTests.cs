using System.Text.Json;
using System.Text.RegularExpressions;

namespace ContainerChaos.Scenarios.Tests.Files;

/// <summary>The JSON schema that editors use knows the keys that the reader knows: no more, no less.</summary>
public sealed class ScenarioSchemaTests
{
    private const string Head = "schema: 1\nname: a\ntitle: t\ndescription: d\n";
    private const string Steps = "steps: [{ action: crash }]\n";

    private static readonly JsonElement s_schema = JsonDocument.Parse(File.ReadAllText(Find())).RootElement;

    // What the reader asks for before it says which keys there are.
    private static readonly Dictionary<string, string> s_needed = new()
    {
        ["request"] = "path: /",
        ["exec"] = "command: [x]",
        ["process"] = "command: [x]",
        ["http"] = "url: \"http://x\"",
        ["kill-process"] = "process: x",
        ["zombie"] = "count: 1",
        ["orphan"] = "count: 1",
        ["thread"] = "count: 1",
        ["cpuset"] = "processors: \"0\"",
        ["memory-limit"] = "limit: 1m",
        ["disk-fill"] = "path: /",
        ["inode"] = "path: /, count: 1",
        ["io-throttle"] = "rate: 1m",
        ["corrupt-file"] = "path: /x",
        ["delete-file"] = "path: /x",
        ["black-hole"] = "port: 1",
        ["connection-reset"] = "port: 1",
        ["network-rate"] = "rate: 1m",
        ["netem"] = "delay: 1ms",
        ["clock-offset"] = "offset: 1m",
        ["syscall"] = "calls: [fsync]",
    };

    public static TheoryData<string, string> Sections => new()
    {
        { "", Head + Steps + "zzz: 1" },
        { "matrix", Head + Steps + "matrix: { zzz: 1 }" },
        { "steady", Head + Steps + "steady: { zzz: 1 }" },
        { "variants", Head + Steps + "variants: [{ name: v, zzz: 1 }]" },
        { "$defs/target", Head + Steps + "target: { zzz: 1 }" },
        { "$defs/payload", Head + Steps + "load: { payload: { template: x, zzz: 1 } }" },
        { "$defs/expectation", Head + Steps + "expect: [{ outcome: recovers, zzz: 1 }]" },
    };

    [Theory]
    [MemberData(nameof(Sections))]
    public void A_section_has_the_keys_of_the_reader(string section, string yaml) => Assert.Equal(Known(yaml), Keys(section));

    [Fact]
    public void A_load_has_the_keys_of_every_kind()
    {
        string[] kinds =
        [
            "arrivals: constant", "arrivals: ramp, over: 1s", "arrivals: spike, peak: 500, for: 1s", "arrivals: poisson", "arrivals: closed, workers: 1",
            "strategy: retry, rate: 5", "strategy: circuit-breaker", "strategy: hedging",
        ];
        string times = Path.GetTempFileName();
        try
        {
            File.WriteAllText(times, "0\n1\n");
            IEnumerable<string> known = kinds.Append($"arrivals: replay, times: {times}").SelectMany(kind => Known(Head + Steps + $"load: {{ {kind}, zzz: 1 }}"));
            Assert.Equal(known.Distinct().Order(StringComparer.Ordinal), Keys("$defs/load"));
        }
        finally
        {
            File.Delete(times);
        }
    }

    [Fact]
    public void A_probe_has_the_kinds_and_the_keys_of_every_kind()
    {
        string[] kinds = ["http, path: /", "http, url: \"http://x\"", "tcp, port: 1", "exec, command: [x]", "process, command: [x]", "file, path: /", "metric, tolerances: [pids < 9]", "container"];
        JsonElement probe = s_schema.GetProperty("$defs").GetProperty("probe").GetProperty("properties");
        Assert.Equal(kinds.Select(kind => kind.Split(',')[0]).Distinct(), probe.GetProperty("probe").GetProperty("enum").EnumerateArray().Select(kind => kind.GetString()));
        IEnumerable<string> known = kinds.SelectMany(kind => Known(Head + Steps + $"steady: {{ probes: [{{ probe: {kind}, zzz: 1 }}] }}"));
        Assert.Equal(known.Distinct().Order(StringComparer.Ordinal), Keys("$defs/probe"));
    }

    [Fact]
    public void A_step_has_the_actions_and_the_keys_of_every_action()
    {
        JsonElement step = s_schema.GetProperty("$defs").GetProperty("step").GetProperty("properties");
        string[] actions = [.. step.GetProperty("action").GetProperty("enum").EnumerateArray().Select(a => a.GetString()!)];
        Assert.Equal(FaultSection.Names.Concat(["request", "exec", "http", "process", "crash", "stop", "restart", "start", "replace"]).Order(StringComparer.Ordinal), actions.Order(StringComparer.Ordinal));
        const string Published = Head + "target: { publish: 80 }\n";
        string[] shapes =
        [
            "parallel: [{ action: crash }]", "random: [{ action: crash }], within: 1s", "repeat: 2, steps: [{ action: crash }]", "action: freeze, background: true",
            "parallel: [{ action: crash, zzz: 1 }]", "random: [{ action: crash, zzz: 1 }], within: 1s",
            .. actions.Select(action => $"action: {action}{(s_needed.TryGetValue(action, out string? needed) ? ", " + needed : "")}"),
        ];
        IEnumerable<string> known = shapes.SelectMany(shape => Known(Published + $"steps: [{{ {shape}, zzz: 1 }}]"))
            .Concat(Known(Published + Steps + "rollbacks: [{ action: start, zzz: 1 }]"));
        Assert.Equal(known.Distinct().Order(StringComparer.Ordinal), Keys("$defs/step"));
    }

    private static string[] Keys(string section)
    {
        JsonElement at = s_schema;
        foreach (string name in section.Split('/', StringSplitOptions.RemoveEmptyEntries))
            at = name.StartsWith('$') || section.StartsWith('$') ? at.GetProperty(name) : at.GetProperty("properties").GetProperty(name);
        if (at.TryGetProperty("items", out JsonElement items))
            at = items;
        Assert.False(at.GetProperty("additionalProperties").GetBoolean());
        return [.. at.GetProperty("properties").EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal)];
    }

    // The reader's own words for a key that it does not know.
    private static string[] Known(string yaml)
    {
        var e = Assert.Throws<ScenarioFileException>(() => ScenarioFile.Parse(new StringReader(yaml), "test.yaml"));
        Match match = Regex.Match(e.Message, "unknown key 'zzz'; here may stand (.*)\\.$");
        Assert.True(match.Success, e.Message);
        return [.. match.Groups[1].Value.Split(", ").Order(StringComparer.Ordinal)];
    }

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (Path.Combine(folder.FullName, "scenarios", "scenario.schema.json") is var path && File.Exists(path))
                return path;
        throw new FileNotFoundException("scenarios/scenario.schema.json");
    }
}
