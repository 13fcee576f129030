using ContainerChaos.Benchmarks.Measures;

namespace ContainerChaos.Benchmarks.Reports;

/// <summary>A promise about speed, and whether this run kept it; null where it could not be told.</summary>
internal sealed record Goal(string Text, string Measured, bool? Kept)
{
    public static IReadOnlyList<Goal> Check(IReadOnlyList<Measure> measures, BenchOptions options)
    {
        double? Median(string measure, string peer) => measures.FirstOrDefault(one => one.Key == measure)?.MedianOf(peer);
        Goal AtMost(string text, double? actual, double limit, string unit) =>
            new(text, actual is { } value ? $"{value:0.0#} {unit}" : "not measured", actual is { } known ? known < limit : null);
        Goal AtLeast(string text, double? actual, double limit, string unit) =>
            new(text, actual is { } value ? $"{value:0} {unit}" : "not measured", actual is { } known ? known >= limit : null);
        Goal Times(string text, double? theirs, double? ours, double factor) =>
            new(text, theirs / ours is { } ratio ? $"{ratio:0.0} ×" : "not measured", theirs / ours is { } known ? known >= factor : null);

        // Fewer are another measure.
        double? Full(double? seconds) => options.Fleet == 500 ? seconds : null;

        var warm = Median("run", "pwsh") is null ? "engine" : "pwsh";
        return
        [
            Times("ccrun run, start to deleted: 0.7 of crun's time (1.43 ×)", Median("run", "crun"), Median("run", "ccrun"), 1 / 0.7),
            Times("ccrun exec: no slower than crun", Median("exec", "crun"), Median("exec", "ccrun"), 1),
            AtLeast("ccrun run, 8 at a time: 200 a second", Median("parallel", "ccrun"), 200, "per s"),
            AtMost("500 idle containers by ccrun: under 4 s", options.IdleStarts == 500 ? Median("idle", "ccrun") : null, 4, "s"),
            Times($"New | Start | Wait | Remove ({warm}): 8 × faster than docker run --rm", Median("run", "docker"), Median("run", warm), 8),
            Times($"New | Start | Wait | Remove ({warm}): 5 × faster than podman run --rm", Median("run", "podman"), Median("run", warm), 5),
            Times($"the same with the default bridge ({warm}): 8 × faster than docker run --rm with its bridge", Median("bridge", "docker"), Median("bridge", warm), 8),
            Times($"the same with the default bridge ({warm}): 5 × faster than podman run --rm with its bridge", Median("bridge", "podman"), Median("bridge", warm), 5),
            AtMost("500 containers up on the bridge (pwsh): under 10 s", Full(Median("fleet-start", "pwsh")), 10, "s"),
            AtMost("listing 500 containers (pwsh): under 100 ms", Full(Median("fleet-list", "pwsh")), 100, "ms"),
            AtMost("removing 500 running containers (pwsh): under 5 s", Full(Median("fleet-remove", "pwsh")), 5, "s"),
            Times("published port through nf_tables: within 5 % of direct (0.95 ×)", Median("throughput", "engine kernel"), Median("throughput", "engine direct"), 0.95),
            AtLeast("published port through the proxy: over 2 Gbit/s", Median("throughput", "engine proxy"), 2, "Gbit/s"),
            AtLeast("load: 20,000 requests a second on schedule (0.99 of them)", Median("load", "open loop"), LoadMeasures.Rate * 0.99, "per s"),
            AtLeast("load: 20,000 requests a second as a closed loop of 16 connections", Median("load", "closed loop"), LoadMeasures.Rate, "per s"),
            AtMost("crash to new process running, back-off 0: under 15 ms", Median("restart", "engine"), 15, "ms"),
            AtMost("crash to exit recorded: under 3 ms", Median("exit", "engine"), 3, "ms"),
            AtMost("monitor: under 2.5 MB PSS each", Median("memory", "engine"), 2.5, "MB"),
        ];
    }
}
