namespace ContainerChaos.Scenarios;

/// <summary>A probe of a scenario file: an entry of <c>probes</c>, or an action of the same kind.</summary>
internal static class ProbeSection
{
    private static readonly TimeSpan s_longestLook = TimeSpan.FromMinutes(1);

    /// <summary>An entry of <c>probes</c>.</summary>
    internal static ScenarioProbe Read(YamlSection yaml)
    {
        ScenarioProbe probe = yaml.Script("probe") is { } script
            ? WithTolerances(yaml, new ScriptProbe(script) { Name = "" }, ScriptProbe.Grammar, null)
            : ReadKind(yaml, "probe", yaml.Required("probe"));
        probe = probe with
        {
            Name = yaml.Text("name") ?? probe.Kind,
            Timeout = yaml.Duration("timeout") ?? probe.Timeout,
            Within = yaml.Duration("within") ?? TimeSpan.Zero,
        };
        if (probe.Timeout == TimeSpan.Zero || probe.Timeout > s_longestLook)
            throw yaml.Error("timeout", "one look takes more than 0 and at most a minute.");
        if (probe.Within > s_longestLook)
            throw yaml.Error("within", "it is looked at for a minute at most.");
        yaml.Finish();
        return probe;
    }

    /// <summary>An action that asks something of the host, which has to answer as the tolerances say: <c>http</c>, <c>process</c>.</summary>
    internal static ScenarioProbe ReadAction(YamlSection yaml, string kind) => ReadKind(yaml, "action", kind) switch
    {
        UrlProbe probe => probe with { Name = $"{probe.Method} {probe.Url}" },
        ProcessProbe probe => probe with { Name = string.Join(' ', probe.Command.Prepend("process")) },
        _ => throw yaml.Error("the key 'url' is missing: a 'path' of the service is asked for by the action 'request'."),
    };

    private static ScenarioProbe ReadKind(YamlSection yaml, string key, string kind)
    {
        (ScenarioProbe probe, ToleranceGrammar grammar, string? usual) = kind switch
        {
            "http" => (yaml.Has("url") ? ReadUrl(yaml) : New(new HttpProbe(RequestPath(yaml)) { Name = "" }), HttpProbe.Grammar, "status < 400"),
            "tcp" => (New(new TcpProbe(yaml.Integer("port", 1, ushort.MaxValue) ?? throw yaml.Error("the key 'port' is missing.")) { Name = "" }), TcpProbe.Grammar, null),
            "exec" => (New(new ExecProbe(Command(yaml)) { Name = "" }), ExecProbe.Grammar, "exit-code = 0"),
            "process" => (New(new ProcessProbe(Command(yaml)) { Name = "" }), ExecProbe.Grammar, "exit-code = 0"),
            "file" => (New(new FileProbe(FilePath(yaml)) { Name = "" }), FileProbe.Grammar, null),
            "metric" => (New(new MetricProbe { Name = "" }), MetricProbe.Grammar, null),
            "container" => (New(new ContainerProbe { Name = "" }), ContainerProbe.Grammar, "state = running"),
            _ => throw yaml.Error(key, $"'{kind}' is none of http, tcp, exec, process, file, metric, container."),
        };
        return WithTolerances(yaml, probe, grammar, usual);

        static ScenarioProbe New(ScenarioProbe probe) => probe;
    }

    private static ScenarioProbe WithTolerances(YamlSection yaml, ScenarioProbe probe, ToleranceGrammar grammar, string? usual)
    {
        probe = probe with { Tolerances = yaml.Parsed("tolerances", grammar.Parse) ?? (usual is null ? [] : [grammar.Parse(usual)]) };
        return probe is MetricProbe && probe.Tolerances.Count == 0 ? throw yaml.Error("the key 'tolerances' is missing: a metric by itself is neither good nor bad.") : probe;
    }

    private static UrlProbe ReadUrl(YamlSection yaml) => new(Url(yaml))
    {
        Name = "",
        Method = yaml.Text("method")?.ToUpperInvariant() ?? "GET",
        Headers = yaml.Pairs("headers") ?? new Dictionary<string, string>(),
        Body = yaml.Text("body"),
    };

    /// <summary>The address of a service.</summary>
    internal static Uri Url(YamlSection yaml) =>
        Uri.TryCreate(yaml.Required("url"), UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" ? url : throw yaml.Error("url", "it must begin with 'http://' or 'https://'.");

    private static IReadOnlyList<string> Command(YamlSection yaml) => yaml.Texts("command") ?? throw yaml.Error("the key 'command' is missing.");

    private static string RequestPath(YamlSection yaml) =>
        yaml.Required("path") is ['/', ..] path && !path.Contains(' ') ? path : throw yaml.Error("path", "it must begin with '/' and hold no spaces.");

    private static string FilePath(YamlSection yaml) => yaml.Required("path") is ['/', ..] path ? path : throw yaml.Error("path", "it must begin with '/'.");
}
