using ContainerChaos.Scenarios.Recovery;

namespace ContainerChaos.Scenarios;

/// <summary>The section <c>steady</c> of a scenario file: what the load has to be like, and the probes that have to hold as well.</summary>
internal static class SteadySection
{
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
        ScenarioProbe[] probes = [.. yaml.Sections("probes").Select(ProbeSection.Read)];
        yaml.Finish();
        return (steady, probes);
    }
}
