using System.Text.RegularExpressions;

namespace ContainerChaos.Scenarios;

/// <summary>What an activity of an experiment asks: a program of the host, or a service.</summary>
internal static partial class ProviderSection
{
    /// <summary>The type of provider that is ours, with the keys of our own actions and probes.</summary>
    internal const string Own = "containerchaos";

    // The toolkit has no limit for either.
    private static readonly TimeSpan s_usualTimeout = TimeSpan.FromMinutes(1);

    internal static ScenarioProbe Read(YamlSection yaml)
    {
        ScenarioProbe probe = yaml.Required("type") switch
        {
            "process" => new ProcessProbe([yaml.Required("path"), .. Arguments(yaml)]) { Name = "" },
            "http" => ReadHttp(yaml),
            "python" => throw yaml.Error("type", $"the function {yaml.Text("module")}.{yaml.Text("func")} is Python, and is not run here. Write what it does as a provider of the type containerchaos, process or http: docs/chaos-toolkit.md."),
            var other => throw yaml.Error("type", $"'{other}' is none of containerchaos, process, http."),
        };
        if (yaml.List("timeout") is not null)
            throw yaml.Error("timeout", "one number of seconds is for all of a request, and the connection has no time of its own.");
        TimeSpan timeout = yaml.Seconds("timeout") ?? s_usualTimeout;
        if (timeout == TimeSpan.Zero)
            throw yaml.Error("timeout", "it takes more than 0.");
        yaml.Accept("secrets", "configuration");
        yaml.Finish();
        return probe with { Timeout = timeout };
    }

    private static ScenarioProbe ReadHttp(YamlSection yaml)
    {
        if (yaml.Boolean("verify_tls") == false)
            throw yaml.Error("verify_tls", "certificates are always verified here. Add yours to those that the host trusts.");
        if (yaml.Integer("max_retries", 0, int.MaxValue) > 0)
            throw yaml.Error("max_retries", "a request is made once.");
        string method = yaml.Text("method")?.ToUpperInvariant() ?? "GET";
        IReadOnlyDictionary<string, string> headers = yaml.Pairs("headers") ?? new Dictionary<string, string>();
        string url = yaml.Required("url");
        if (url.StartsWith('/'))
        {
            return method == "GET" && headers.Count == 0 && !yaml.Has("arguments")
                ? new HttpProbe(url) { Name = "" }
                : throw yaml.Error("url", "without a host it is a GET request to the container of the trial, with neither headers nor arguments.");
        }

        bool isJson = headers.Any(header => header.Key.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) && header.Value.StartsWith("application/json", StringComparison.OrdinalIgnoreCase));
        string? form = yaml.Literal("arguments") is null && !isJson ? Form(yaml.Pairs("arguments")) : null;
        var probe = new UrlProbe(ProbeSection.Url(yaml)) { Name = "", Method = method, Headers = headers };
        if (!yaml.Has("arguments"))
            return probe;
        if (method == "GET")
            return probe with { Url = new UriBuilder(probe.Url) { Query = string.Join('&', ((string?[])[probe.Url.Query.TrimStart('?'), form ?? yaml.Text("arguments")]).Where(part => part is { Length: > 0 })) }.Uri };
        return probe with
        {
            Body = isJson ? yaml.Json("arguments") : form ?? yaml.Text("arguments"),
            Headers = form is null || headers.ContainsKey("Content-Type") ? headers : new Dictionary<string, string>(headers) { ["Content-Type"] = "application/x-www-form-urlencoded" },
        };
    }

    private static string? Form(IReadOnlyDictionary<string, string>? arguments) =>
        arguments is null ? null : string.Join('&', arguments.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    private static IEnumerable<string> Arguments(YamlSection yaml)
    {
        if (!yaml.HasAny("arguments") && yaml.Literal("arguments") is null)
            return [];
        if (yaml.List("arguments") is not null)
            return yaml.Texts("arguments")!;
        if (yaml.Literal("arguments") is null)
            return yaml.Pairs("arguments")!.SelectMany(pair => (string[])[pair.Key, pair.Value]);
        string line = yaml.Required("arguments");
        if (line.AsSpan().IndexOfAny("|&;<>()$`\\*?~\n") >= 0)
            throw yaml.Error("arguments", "no shell reads them here. Write a list, or 'path: sh' with the arguments '-c' and the line.");
        return Word().Matches(line).Select(word => word.Value.Replace("\"", "", StringComparison.Ordinal).Replace("'", "", StringComparison.Ordinal));
    }

    [GeneratedRegex("""(?:"[^"]*"|'[^']*'|[^\s"'])+""", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
