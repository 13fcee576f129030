using System.Diagnostics;
using System.Diagnostics.Metrics;
using ContainerChaos.Scenarios.Load;
using ContainerChaos.Scenarios.Recovery;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace ContainerChaos.Scenarios.Telemetry;

/// <summary>
/// Sends what a run showed to an OpenTelemetry collector: a trace of the run with its scenarios, trials and steps, and the metrics of docs/telemetry.md.
/// </summary>
/// <remarks>
/// Where to, and how, is said by the variables of the OpenTelemetry specification (<c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, <c>…_PROTOCOL</c>, <c>…_HEADERS</c>,
/// <c>…_TIMEOUT</c>, <c>OTEL_RESOURCE_ATTRIBUTES</c>). Nothing is loaded or sent without an endpoint. It is sent when the run is over, so that it takes no processor
/// time from what is measured.
/// </remarks>
public static class RunTelemetry
{
    /// <summary>The name of the traces' source and of the meter.</summary>
    public const string Name = "ContainerChaos";

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    /// <summary>Whether an endpoint is set, and the SDK not disabled.</summary>
    public static bool IsAsked =>
        !string.Equals(Environment.GetEnvironmentVariable("OTEL_SDK_DISABLED"), "true", StringComparison.OrdinalIgnoreCase)
        && ((string[])["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"])
            .Any(variable => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(variable)));

    /// <summary>Sends a report, if somebody is to get it.</summary>
    /// <param name="report">The report.</param>
    /// <returns>What went wrong; null when nothing did, or nothing was to be sent.</returns>
    public static string? Send(ScenarioReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return IsAsked ? SendNow(report) : null;
    }

    private static string? SendNow(ScenarioReport report)
    {
        using var failures = new ExporterFailures();
        using var source = new ActivitySource(Name);
        using var meter = new Meter(Name);
        ResourceBuilder resource = ResourceBuilder.CreateDefault()
            .AddService("containerchaos", serviceVersion: report.Environment.Version)
            .AddAttributes([new("host.name", Environment.MachineName), new("containerchaos.seed", (long)report.Seed)])
            .AddEnvironmentVariableDetector();
        using (TracerProvider traces = Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(resource)
            .AddSource(Name)
            .AddOtlpExporter(options => options.BatchExportProcessorOptions.MaxQueueSize = Math.Max(2048, SpansOf(report)))
            .Build())
        {
            WriteTrace(source, report);
            traces.ForceFlush((int)s_patience.TotalMilliseconds);
        }

        using MeterProvider metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(Name).AddOtlpExporter().Build();
        WriteMetrics(meter, report);
        metrics.Shutdown((int)s_patience.TotalMilliseconds);
        return failures.First;
    }

    private static void WriteTrace(ActivitySource source, ScenarioReport report)
    {
        var clock = new WallClock();
        using Activity? run = source.StartActivity("run", ActivityKind.Internal, parentContext: default, startTime: report.StartedAt);
        foreach (IGrouping<string, TrialResult> scenario in report.Trials.GroupBy(t => t.Scenario))
        {
            TrialResult[] trials = [.. scenario];
            using Activity? whole = source.StartActivity(scenario.Key, ActivityKind.Internal, run?.Context ?? default, startTime: clock.At(trials.Min(t => t.Origin)));
            foreach (TrialResult trial in trials)
                WriteTrace(source, trial, whole, clock);
            whole?.SetEndTime(clock.At(trials.Max(EndOf)).UtcDateTime);
        }

        run?.SetEndTime((report.StartedAt + report.Duration).UtcDateTime);
        run?.SetStatus(report.AsExpected ? ActivityStatusCode.Ok : ActivityStatusCode.Error);
    }

    private static void WriteTrace(ActivitySource source, TrialResult trial, Activity? scenario, WallClock clock)
    {
        using Activity? whole = source.StartActivity(
            $"trial {trial.Trial}", ActivityKind.Internal, scenario?.Context ?? default, Tags(trial.Scenario, trial.Variant, trial.Policy, trial.Init, null), startTime: clock.At(trial.Origin));
        whole?.SetTag("container.name", trial.Container);
        if (trial.Error is not null)
            whole?.SetStatus(ActivityStatusCode.Error, trial.Error);
        foreach (StepResult step in trial.Steps)
        {
            RecoveryStamps stamps = step.Stamps;
            using Activity? one = source.StartActivity(step.Label == "–" ? "step" : step.Label, ActivityKind.Internal, whole?.Context ?? default, startTime: clock.At(stamps.Injected));
            one?.SetTag("containerchaos.exit_code", step.ExitCode).SetTag("containerchaos.oom_killed", step.OomKilled);
            foreach ((string name, long? at) in ((string, long?)[])
                [("first failure", stamps.FirstFailure), ("died", stamps.Died), ("exit seen", stamps.ExitSeen), ("back-off ends", stamps.BackOffEnds),
                 ("process started", stamps.Started), ("healthy", stamps.Healthy), ("first success", stamps.FirstSuccess)])
            {
                if (at is { } stamp)
                    one?.AddEvent(new ActivityEvent(name, clock.At(stamp)));
            }

            one?.SetStatus(stamps.Recovered ? ActivityStatusCode.Ok : ActivityStatusCode.Error, stamps.Recovered ? null : "not recovered");
            one?.SetEndTime(clock.At(stamps.Steady ?? stamps.WatchedUntil).UtcDateTime);
        }

        whole?.SetEndTime(clock.At(EndOf(trial)).UtcDateTime);
    }

    private static void WriteMetrics(Meter meter, ScenarioReport report)
    {
        Histogram<double> recovery = meter.CreateHistogram<double>("containerchaos.recovery.duration", "s", "From the fault to the first request that succeeds.");
        Counter<long> steps = meter.CreateCounter<long>("containerchaos.steps", "{step}", "Faults, by whether the service recovered.");
        Counter<long> requests = meter.CreateCounter<long>("containerchaos.requests", "{request}", "Requests of the load while a step was watched, by outcome.");
        foreach (TrialResult trial in report.Trials.Where(t => t.Error is null))
        {
            foreach (StepResult step in trial.Steps)
            {
                TagList tags = [.. Tags(trial.Scenario, trial.Variant, trial.Policy, trial.Init, step.Label)];
                if (step.Stamps is { Recovered: true, FirstSuccess: { } back })
                    recovery.Record(Math.Max(0, back - step.Stamps.Injected) / 1e9, tags);
                steps.Add(1, [.. tags, new("recovered", step.Stamps.Recovered)]);
                requests.Add(step.Requests - step.Failed - step.Delayed, [.. tags, new("outcome", "in time")]);
                requests.Add(step.Failed, [.. tags, new("outcome", "failed")]);
                requests.Add(step.Delayed, [.. tags, new("outcome", "late")]);
            }
        }

        meter.CreateObservableGauge(
            "containerchaos.availability",
            () => report.Rows.Select(row => new Measurement<double>(row.Availability, Tags(row.Scenario, row.Variant, row.Policy, row.Init, row.Crash))),
            "1", "The share of requests that succeeded in time, over the scenario's horizon.");
    }

    private static IEnumerable<KeyValuePair<string, object?>> Tags(string scenario, string? variant, string policy, bool init, string? step)
    {
        yield return new("scenario", scenario);
        if (variant is not null)
            yield return new("variant", variant);
        yield return new("policy", policy);
        yield return new("init", init);
        if (step is not null and not "–")
            yield return new("step", step);
    }

    /// <summary>The queue drops what it has no room for.</summary>
    private static int SpansOf(ScenarioReport report) => 1 + report.Scenarios.Count + report.Trials.Sum(t => 1 + t.Steps.Count);

    private static long EndOf(TrialResult trial) => trial.Steps.Select(s => s.Stamps.WatchedUntil).Append(trial.Load?.End ?? trial.Origin).Append(trial.Origin).Max();

    /// <summary>When a moment of the monotonic clock was, by the wall clock of now.</summary>
    private sealed class WallClock
    {
        private readonly DateTimeOffset _zero = DateTimeOffset.UtcNow.AddTicks(-MonotonicClock.Now / 100);

        internal DateTimeOffset At(long stamp) => _zero.AddTicks(stamp / 100);
    }
}
