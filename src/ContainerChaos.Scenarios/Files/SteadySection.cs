using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios;

/// <summary>The section <c>steady</c> of a scenario file: what the load has to be like, and the probes that have to hold as well.</summary>
internal static class SteadySection
{
    private static readonly TimeSpan s_longestLook = TimeSpan.FromMinutes(1);

    internal static (SteadyStateOptions Options, IReadOnlyList<ScenarioProbe> Probes) Read(YamlSection? yaml)
    {
        SteadyStateOptions basis = SteadyStateOptions.Default;
        if (yaml is null)
            return (basis, []);
        var steady = new SteadyStateOptions(
            yaml.Duration("window") ?? basis.Window,
            yaml.Integer("windows", 1, 1000) ?? basis.Windows,
            yaml.Duration("latency") ?? basis.LatencyObjective);
        if (steady.Window < TimeSpan.FromMilliseconds(1))
            throw yaml.Error("window", "a window is at least 1ms wide.");
        ScenarioProbe[] probes = [.. yaml.Sections("probes").Select(ReadProbe)];
        yaml.Finish();
        return (steady, probes);
    }

    private static ScenarioProbe ReadProbe(YamlSection yaml)
    {
        string kind = yaml.Required("probe");
        (ScenarioProbe probe, ToleranceGrammar grammar, string? usual) = kind switch
        {
            _ when yaml.Script("probe") is { } script => (New(new ScriptProbe(script) { Name = "" }), ScriptProbe.Grammar, null),
            "http" => (New(new HttpProbe(RequestPath(yaml)) { Name = "" }), HttpProbe.Grammar, "status < 400"),
            "tcp" => (New(new TcpProbe(yaml.Integer("port", 1, ushort.MaxValue) ?? throw yaml.Error("the key 'port' is missing.")) { Name = "" }), TcpProbe.Grammar, null),
            "exec" => (New(new ExecProbe(yaml.Texts("command") ?? throw yaml.Error("the key 'command' is missing.")) { Name = "" }), ExecProbe.Grammar, "exit-code = 0"),
            "file" => (New(new FileProbe(FilePath(yaml)) { Name = "" }), FileProbe.Grammar, null),
            "metric" => (New(new MetricProbe { Name = "" }), MetricProbe.Grammar, null),
            "container" => (New(new ContainerProbe { Name = "" }), ContainerProbe.Grammar, "state = running"),
            _ => throw yaml.Error("probe", $"'{kind}' is none of http, tcp, exec, file, metric, container."),
        };
        probe = probe with
        {
            Name = yaml.Text("name") ?? probe.Kind,
            Timeout = yaml.Duration("timeout") ?? probe.Timeout,
            Within = yaml.Duration("within") ?? TimeSpan.Zero,
            Tolerances = yaml.Parsed("tolerances", grammar.Parse) ?? (usual is null ? [] : [grammar.Parse(usual)]),
        };
        if (probe is MetricProbe && probe.Tolerances.Count == 0)
            throw yaml.Error("the key 'tolerances' is missing: a metric by itself is neither good nor bad.");
        if (probe.Timeout == TimeSpan.Zero || probe.Timeout > s_longestLook)
            throw yaml.Error("timeout", "one look takes more than 0 and at most a minute.");
        if (probe.Within > s_longestLook)
            throw yaml.Error("within", "it is looked at for a minute at most.");
        yaml.Finish();
        return probe;

        static ScenarioProbe New(ScenarioProbe probe) => probe;
    }

    private static string RequestPath(YamlSection yaml) =>
        yaml.Required("path") is ['/', ..] path && !path.Contains(' ') ? path : throw yaml.Error("path", "it must begin with '/' and hold no spaces.");

    private static string FilePath(YamlSection yaml) => yaml.Required("path") is ['/', ..] path ? path : throw yaml.Error("path", "it must begin with '/'.");
}
