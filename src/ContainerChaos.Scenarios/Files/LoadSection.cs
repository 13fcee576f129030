using ContainerChaos.Scenarios.Load;

namespace ContainerChaos.Scenarios;

/// <summary>The sections <c>load</c> and <c>health</c> of a scenario file.</summary>
internal static class LoadSection
{
    private const double MostPerSecond = 200_000;

    internal static ScenarioLoad Read(YamlSection? yaml, ScenarioLoad basis, string source)
    {
        if (yaml is null)
            return basis;
        var load = new ScenarioLoad(yaml.Text("path") ?? basis.Path, yaml.Has("arrivals") || yaml.Has("rate") ? ReadArrivals(yaml, basis.Rate, source) : basis.Arrivals, yaml.Duration("timeout") ?? basis.Timeout)
        {
            KeepAlive = yaml.Choice("connections", ("keep-alive", true), ("per-request", false)) ?? basis.KeepAlive,
            Strategy = yaml.Has("strategy") ? ReadStrategy(yaml) : basis.Strategy,
            Payload = yaml.Section("payload") is { } payload ? ReadPayload(payload) : basis.Payload,
            Thresholds = yaml.Parsed("thresholds", LoadThreshold.Parse) ?? basis.Thresholds,
            MaxConnections = yaml.Integer("max-connections", 1, 4096) ?? basis.MaxConnections,
        };
        if (!load.Path.StartsWith('/') || load.Path.Contains(' '))
            throw yaml.Error("path", $"'{load.Path}' must begin with '/' and hold no spaces.");
        yaml.Finish();
        return load;
    }

    private static ClientStrategy? ReadStrategy(YamlSection yaml)
    {
        TimeSpan Time(string key, double basis) => yaml.Duration(key) ?? TimeSpan.FromMilliseconds(basis);
        ClientStrategy? strategy = yaml.Text("strategy") switch
        {
            "none" => null,
            "retry" => new RetryStrategy(
                yaml.Integer("retries", 1, 100) ?? 3, Time("delay", 50), yaml.Choice("back-off", ("exponential", true), ("constant", false)) ?? true, yaml.Integer("jitter-seed", 0, int.MaxValue) ?? 1),
            "circuit-breaker" => new CircuitBreakerStrategy(
                yaml.Number("failure-ratio", 0.5, 0.001, 1), yaml.Integer("minimum", 2, 1_000_000) ?? 20, Time("sampling", 1000), Time("break", 500)),
            "hedging" => new HedgingStrategy(yaml.Integer("hedges", 1, 10) ?? 1, Time("delay", 50)),
            var other => throw yaml.Error("strategy", $"'{other}' is none of none, retry, circuit-breaker, hedging."),
        };
        if (strategy is null)
            return null;
        strategy = strategy with { AttemptTimeout = yaml.Duration("attempt-timeout") };
        Check(yaml, strategy.Validate, "strategy");
        return strategy;
    }

    private static RequestPayload ReadPayload(YamlSection yaml)
    {
        var payload = new RequestPayload(
            yaml.Required("template"), yaml.Integer("seed", 0, int.MaxValue) ?? 1, yaml.Integer("distinct", 1, 10_000) ?? 256, yaml.Text("type") ?? "application/json");
        Check(yaml, payload.Validate, "payload");
        // A word that Bogus does not have is a mistake of the file, and not of a trial.
        Check(yaml, () => PayloadBodies.Of(payload with { Distinct = 1 }), "template");
        yaml.Finish();
        return payload;
    }

    private static void Check(YamlSection yaml, Action validate, string key)
    {
        try
        {
            validate();
        }
        catch (ArgumentException e)
        {
            throw yaml.Error(e.ParamName ?? key, e.Message.Split(" (Parameter")[0]);
        }
    }

    // Only the keys of the kind are asked for: those of another are unknown here.
    private static ArrivalPattern ReadArrivals(YamlSection yaml, double rate, string source)
    {
        ArrivalPattern arrivals = (yaml.Text("arrivals") ?? "constant") switch
        {
            "constant" => new ConstantArrivals(Rate()),
            "ramp" => new RampArrivals(yaml.Number("from", 0, 0, MostPerSecond), Rate(), Needed("over")),
            "spike" => new SpikeArrivals(Rate(), RequiredNumber("peak"), yaml.Duration("after") ?? TimeSpan.Zero, Needed("for")),
            "poisson" => new PoissonArrivals(Rate(), yaml.Integer("seed", 0, int.MaxValue) ?? 1),
            "replay" => Replay(),
            "closed" => new ClosedLoop(yaml.Integer("workers", 1, 4096) ?? throw yaml.Error("the key 'workers' is missing."), yaml.Duration("think") ?? TimeSpan.Zero),
            var other => throw yaml.Error("arrivals", $"'{other}' is none of constant, ramp, spike, poisson, replay, closed."),
        };
        Check(yaml, arrivals.Validate, "arrivals");
        return arrivals;

        double Rate() => yaml.Number("rate", rate, 1, MostPerSecond);

        double RequiredNumber(string key) => yaml.Has(key) ? yaml.Number(key, 0, 1, MostPerSecond) : throw yaml.Error($"the key '{key}' is missing.");

        TimeSpan Needed(string key) => yaml.Duration(key) ?? throw yaml.Error($"the key '{key}' is missing.");

        ReplayArrivals Replay()
        {
            // Beside the scenario, as it ships with it.
            string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(source))!, yaml.Required("times"));
            try
            {
                return ReplayArrivals.Read(path, yaml.Boolean("repeat") ?? true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
            {
                throw yaml.Error("times", e.Message.Split(" (Parameter")[0]);
            }
        }
    }
}
