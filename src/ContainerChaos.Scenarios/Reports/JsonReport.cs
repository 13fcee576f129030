using System.Text.Json;
using ContainerChaos.Scenarios.Recovery;
using ContainerChaos.Supervisor;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>The report as JSON, version 1: durations in milliseconds, moments of a trial in nanoseconds from its origin.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions s_options = new(JsonSerializerDefaults.Web);

    internal static void Write(ScenarioReport report, Stream stream)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteNumber("schemaVersion", report.SchemaVersion);
        json.WriteString("startedAt", report.StartedAt);
        json.WriteNumber("durationMs", Math.Round(report.Duration.TotalMilliseconds));
        json.WriteNumber("seed", report.Seed);
        json.WriteBoolean("asExpected", report.AsExpected);
        json.WritePropertyName("environment");
        JsonSerializer.Serialize(json, report.Environment, s_options);
        if (report.Hosts.Count > 0)
            Array(json, "hosts", report.Hosts, host => WriteHost(json, host));
        Array(json, "scenarios", report.Scenarios, WriteScenario);
        Array(json, "rows", report.Rows, WriteRow);
        Array(json, "trials", report.Trials, WriteTrial);
        WriteLedger(json, report.FaultsUndone, report.OpenFaults);
        json.WriteEndObject();

        void WriteScenario(Scenario s)
        {
            json.WriteStartObject();
            json.WriteString("name", s.Name);
            json.WriteString("title", s.Title);
            json.WriteString("description", s.Description);
            json.WriteString("source", s.Source);
            json.WriteNumber("trials", s.Trials);
            json.WriteNumber("concurrency", s.Concurrency);
            json.WriteNumber("horizonMs", s.Horizon.TotalMilliseconds);
            WriteTarget(json, "target", s.Target);
            WriteLoad(json, "load", s.Load);
            if (s.Health is { } health)
                WriteLoad(json, "health", health);
            json.WriteStartObject("steady");
            json.WriteNumber("windowMs", s.Steady.Window.TotalMilliseconds);
            json.WriteNumber("windows", s.Steady.Windows);
            json.WriteNumber("latencyMs", s.Steady.LatencyObjective.TotalMilliseconds);
            Array(json, "probes", s.Probes, probe =>
            {
                json.WriteStartObject();
                json.WriteString("name", probe.Name);
                json.WriteString("kind", probe.Kind);
                Array(json, "tolerances", probe.Tolerances, t => json.WriteStringValue(t.Text));
                json.WriteEndObject();
            });
            json.WriteEndObject();
            Array(json, "variants", s.Variants, v => WriteTarget(json, null, v.Target, v.Name, v.Load));
            Array(json, "steps", s.Steps, step =>
            {
                json.WriteStartObject();
                json.WriteString("label", step.Label);
                Array(json, "acts", step.Acts, act => json.WriteStringValue(act.ToString()));
                json.WriteBoolean("background", step.IsBackground);
                json.WriteString("effect", step.EffectIsExit ? "exit" : "degrade");
                json.WriteNumber("timeoutMs", step.Timeout.TotalMilliseconds);
                json.WriteEndObject();
            });
            Array(json, "rollbacks", s.Rollbacks, act => json.WriteStringValue(act.ToString()));
            Array(json, "stop", s.Stop, condition => json.WriteStringValue(condition.ToString()));
            json.WriteEndObject();
        }

        void WriteRow(ScenarioRow r)
        {
            json.WriteStartObject();
            Cell(json, r.Host, r.Scenario, r.Variant, r.Policy, r.Init);
            json.WriteString("crash", r.Crash);
            json.WriteNumber("n", r.N);
            json.WriteNumber("unrecovered", r.Unrecovered);
            json.WriteNumber("availability", r.Availability);
            Optional(json, "meanTimeToRecoveryMs", r.MeanTimeToRecovery?.TotalMilliseconds);
            json.WriteNumber("failedRequests", r.FailedRequests);
            json.WriteNumber("delayedRequests", r.DelayedRequests);
            json.WriteString("exitCodes", r.ExitCodes);
            json.WriteString("verdict", r.Verdict);
            json.WriteBoolean("asExpected", r.AsExpected);
            json.WriteStartObject("stagesMs");
            foreach ((string name, Distribution stage) in r.Stages)
            {
                json.WritePropertyName(name);
                JsonSerializer.Serialize(json, stage, s_options);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        void WriteTrial(TrialResult t)
        {
            json.WriteStartObject();
            Cell(json, t.Host, t.Scenario, t.Variant, t.Policy, t.Init);
            json.WriteNumber("trial", t.Trial);
            json.WriteString("container", t.Container);
            json.WriteString("error", t.Error);
            json.WriteString("stoppedBy", t.StoppedBy);
            json.WriteNumber("originNs", t.Origin);
            Array(json, "before", t.Before, probe => WriteProbe(json, probe, t.Origin));
            Array(json, "acts", t.Acts, act => WriteAct(json, act, t.Origin));
            Array(json, "steps", t.Steps, s => WriteStep(json, s, t.Origin));
            Array(json, "after", t.After, probe => WriteProbe(json, probe, t.Origin));
            if (t.Load is { } load)
                LoadJson.Write(json, load, t.Origin);
            json.WriteEndObject();
        }
    }

    private static void WriteProbe(Utf8JsonWriter json, ProbeResult probe, long origin)
    {
        json.WriteStartObject();
        json.WriteString("name", probe.Name);
        json.WriteString("kind", probe.Kind);
        json.WriteBoolean("holds", probe.Holds);
        json.WriteString("seen", probe.Seen);
        json.WriteString("problem", probe.Problem);
        json.WriteNumber("beganNs", probe.Began - origin);
        json.WriteNumber("endedNs", probe.Ended - origin);
        json.WriteEndObject();
    }

    private static void WriteAct(Utf8JsonWriter json, ActResult act, long origin)
    {
        json.WriteStartObject();
        json.WriteString("step", act.Step);
        json.WriteString("what", act.What);
        json.WriteNumber("beganNs", act.Began - origin);
        json.WriteNumber("endedNs", act.Ended - origin);
        json.WriteNumber("injectorCpuMs", act.ProcessorTime.TotalMilliseconds);
        json.WriteString("error", act.Error);
        json.WriteString("seen", act.Seen?.Seen);
        json.WriteEndObject();
    }

    private static void WriteStep(Utf8JsonWriter json, StepResult step, long origin)
    {
        RecoveryStamps s = step.Stamps;
        json.WriteStartObject();
        json.WriteString("label", step.Label);
        json.WriteStartObject("stampsNs");
        foreach ((string name, long? moment) in ((string, long?)[])
            [
                ("injected", s.Injected), ("firstFailure", s.FirstFailure), ("died", s.Died), ("exitSeen", s.ExitSeen),
                ("backOffEnds", s.BackOffEnds), ("started", s.Started), ("healthy", s.Healthy),
                ("firstSuccess", s.FirstSuccess), ("steady", s.Steady), ("watchedUntil", s.WatchedUntil),
            ])
            Optional(json, name, moment - origin);
        json.WriteEndObject();
        json.WriteBoolean("recovered", s.Recovered);
        Optional(json, "exitCode", step.ExitCode);
        json.WriteBoolean("oomKilled", step.OomKilled);
        json.WriteNumber("requests", step.Requests);
        json.WriteNumber("failed", step.Failed);
        json.WriteNumber("delayed", step.Delayed);
        json.WriteNumber("availability", step.Availability);
        Optional(json, "zombies", step.Zombies);
        Optional(json, "actMs", step.ActTime?.TotalMilliseconds);
        json.WriteEndObject();
    }

    private static void WriteHost(Utf8JsonWriter json, HostRun host)
    {
        json.WriteStartObject();
        json.WriteString("host", host.Host);
        json.WriteString("problem", host.Problem);
        if (host.Environment is { } machine)
        {
            json.WriteString("startedAt", host.StartedAt ?? default);
            Optional(json, "durationMs", host.Duration?.TotalMilliseconds);
            json.WritePropertyName("environment");
            JsonSerializer.Serialize(json, machine, s_options);
            WriteLedger(json, host.FaultsUndone, host.OpenFaults);
        }

        json.WriteEndObject();
    }

    private static void WriteLedger(Utf8JsonWriter json, int undone, IReadOnlyList<FaultRecord> open)
    {
        json.WriteStartObject("ledger");
        json.WriteNumber("undone", undone);
        Array(json, "open", open, f => JsonSerializer.Serialize(json, f, s_options));
        json.WriteEndObject();
    }

    // A run on this machine alone names none.
    private static void Cell(Utf8JsonWriter json, string? host, string scenario, string? variant, string policy, bool init)
    {
        if (host is not null)
            json.WriteString("host", host);
        json.WriteString("scenario", scenario);
        json.WriteString("variant", variant);
        json.WriteString("policy", policy);
        json.WriteBoolean("init", init);
    }

    private static void WriteTarget(Utf8JsonWriter json, string? property, ScenarioTarget target, string? name = null, ScenarioLoad? load = null)
    {
        if (property is null)
            json.WriteStartObject();
        else
            json.WriteStartObject(property);
        if (name is not null)
            json.WriteString("name", name);
        json.WriteString("image", target.Image);
        Array(json, "command", target.Command, json.WriteStringValue);
        Optional(json, "memoryBytes", target.MemoryBytes);
        Optional(json, "pids", target.PidsLimit);
        Optional(json, "cpus", target.Cpus);
        json.WriteString("restartDelay", target.RestartDelay.ToString());
        json.WriteNumber("stopTimeoutMs", target.StopTimeout.TotalMilliseconds);
        if (load is not null)
            WriteLoad(json, "load", load);
        json.WriteEndObject();
    }

    private static void WriteLoad(Utf8JsonWriter json, string property, ScenarioLoad load)
    {
        json.WriteStartObject(property);
        json.WriteString("path", load.Path);
        json.WriteString("arrivals", load.Arrivals.Name);
        json.WriteNumber("rate", load.Rate);
        json.WriteString("connections", load.KeepAlive ? "keep-alive" : "per-request");
        json.WriteString("strategy", load.Strategy?.Name ?? "none");
        json.WriteNumber("timeoutMs", load.Timeout.TotalMilliseconds);
        json.WriteEndObject();
    }

    private static void Array<T>(Utf8JsonWriter json, string name, IEnumerable<T> items, Action<T> write)
    {
        json.WriteStartArray(name);
        foreach (T item in items)
            write(item);
        json.WriteEndArray();
    }

    private static void Optional(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }

    private static void Optional(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
            json.WriteNumber(name, number);
        else
            json.WriteNull(name);
    }
}
