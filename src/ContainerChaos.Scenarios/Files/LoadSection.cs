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
        var load = new ScenarioLoad(yaml.Text("path") ?? basis.Path, ReadArrivals(yaml, basis.Rate, source), yaml.Duration("timeout") ?? basis.Timeout)
        {
            KeepAlive = yaml.Choice("connections", ("keep-alive", true), ("per-request", false)) ?? basis.KeepAlive,
            MaxConnections = yaml.Integer("max-connections", 1, 4096) ?? basis.MaxConnections,
        };
        if (!load.Path.StartsWith('/') || load.Path.Contains(' '))
            throw yaml.Error("path", $"'{load.Path}' must begin with '/' and hold no spaces.");
        yaml.Finish();
        return load;
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
        try
        {
            arrivals.Validate();
        }
        catch (ArgumentException e)
        {
            throw yaml.Error(e.ParamName ?? "arrivals", e.Message.Split(" (Parameter")[0]);
        }

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
