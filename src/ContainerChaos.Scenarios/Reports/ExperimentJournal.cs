using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ContainerChaos.Scenarios.Reports;

/// <summary>
/// A trial as the Chaos Toolkit writes the run of an experiment (https://chaostoolkit.org/reference/api/journal/), with outputs as its library has them. What it has no place for
/// is in the member containerchaos.
/// </summary>
internal static class ExperimentJournal
{
    /// <summary>The end of a journal's file name.</summary>
    internal const string Extension = ".journal.json";

    /// <summary>The file of a trial: a journal is of one run, and the second trial has a file of its own.</summary>
    internal static string PathOf(string path, int index) => index == 0 ? path : string.Create(CultureInfo.InvariantCulture, $"{path[..^Extension.Length]}.{index + 1}{Extension}");

    internal static void Write(ScenarioReport report, TrialResult trial, Stream stream)
    {
        Scenario scenario = report.Scenarios.First(s => s.Name == trial.Scenario);
        var experiment = (JsonObject)JsonNode.Parse(scenario.Experiment ?? "{}")!;
        if (scenario.Experiment is null)
        {
            // A scenario of ours, as far as its acts are known by what they say of themselves.
            experiment["title"] = scenario.Title;
            experiment["description"] = scenario.Description;
            experiment["method"] = new JsonArray([.. scenario.Steps.Select(step => Made("action", step.Label, string.Join(", ", step.Acts)))]);
            experiment["rollbacks"] = new JsonArray([.. scenario.Rollbacks.Select(act => Made("action", act.ToString(), act.ToString()))]);
        }

        Dictionary<string, JsonNode> activities = Activities(experiment);
        ActResult[] rollbacks = [.. trial.Acts.Where(act => act.Step == "rollback")];
        using var json = new Utf8JsonWriter(stream);
        new JsonObject
        {
            ["chaoslib-version"] = "containerchaos-" + report.Environment.Version,
            ["platform"] = RuntimeInformation.OSDescription,
            ["node"] = trial.Host ?? Environment.MachineName,
            ["experiment"] = experiment,
            ["start"] = Moment(trial, trial.Origin),
            ["end"] = Moment(trial, trial.Ended),
            ["duration"] = (trial.Ended - trial.Origin) / 1e9,
            ["status"] = Status(trial),
            ["deviated"] = trial.After.Any(probe => !probe.Holds),
            ["steady_states"] = new JsonObject { ["before"] = State(trial, trial.Before, activities), ["after"] = State(trial, trial.After, activities), ["during"] = new JsonArray() },
            ["run"] = new JsonArray([.. trial.Acts.Except(rollbacks).Select(act => Run(trial, act, Find(activities, act.Step, act)))]),
            ["rollbacks"] = new JsonArray([.. rollbacks.Select((act, i) => Run(trial, act, Rollback(experiment, activities, act, i)))]),
            ["containerchaos"] = new JsonObject
            {
                ["scenario"] = trial.Scenario,
                ["variant"] = trial.Variant,
                ["policy"] = trial.Policy,
                ["init"] = trial.Init,
                ["trial"] = trial.Trial,
                ["seed"] = report.Seed,
                ["error"] = trial.Error,
                ["warnings"] = new JsonArray([.. trial.Warnings]),
                ["recovery"] = new JsonArray([.. trial.Steps.Select(step => step.ToString())]),
            },
        }.WriteTo(json);
    }

    private static string Status(TrialResult trial) =>
        trial.Before.Concat(trial.After).Any(probe => !probe.Holds) ? "failed" : trial.Error is null ? "completed" : "aborted";

    private static JsonObject? State(TrialResult trial, IReadOnlyList<ProbeResult> probes, Dictionary<string, JsonNode> activities) => probes.Count == 0 ? null : new JsonObject
    {
        ["steady_state_met"] = probes.All(probe => probe.Holds),
        ["probes"] = new JsonArray([.. probes.Select(probe =>
        {
            JsonNode activity = activities.GetValueOrDefault(probe.Name) ?? Made("probe", probe.Name, probe.Kind);
            // That it is outside of its tolerance is no failure of the probe.
            JsonObject run = Entry(trial, activity, probe.Began, probe.Ended, probe.Values.Count == 0 ? probe.Problem : null, Output(probe));
            run["tolerance_met"] = probe.Holds;
            return run;
        })]),
    };

    private static JsonObject Run(TrialResult trial, ActResult act, JsonNode activity) => Entry(trial, activity, act.Began, act.Ended, act.Error, act.Seen is { } seen ? Output(seen) : null);

    private static JsonObject Entry(TrialResult trial, JsonNode activity, long began, long ended, string? error, JsonNode? output)
    {
        var entry = new JsonObject
        {
            ["activity"] = activity.DeepClone(),
            ["status"] = error is null ? "succeeded" : "failed",
            ["start"] = Moment(trial, began),
            ["end"] = Moment(trial, ended),
            ["duration"] = (ended - began) / 1e9,
            ["output"] = output,
        };
        if (error is not null)
            entry["exception"] = new JsonArray(error);
        return entry;
    }

    // The names that the toolkit's own providers give to what they return.
    private static JsonObject? Output(ProbeResult probe)
    {
        if (probe.Values.Count == 0)
            return null;
        var output = new JsonObject();
        foreach ((string name, object value) in probe.Values)
        {
            output[name switch
            {
                "exit-code" when probe.Kind is "process" or "exec" => "status",
                "output" when probe.Kind is "process" or "exec" => "stdout",
                "error" when probe.Kind is "process" or "exec" => "stderr",
                _ => name,
            }] = value is double number ? JsonValue.Create(number) : JsonValue.Create((string)value);
        }

        return output;
    }

    private static Dictionary<string, JsonNode> Activities(JsonObject experiment)
    {
        var activities = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (JsonNode? list in (JsonNode?[])[experiment["steady-state-hypothesis"]?["probes"], experiment["method"], experiment["rollbacks"]])
            foreach (JsonNode? activity in list?.AsArray() ?? [])
                if (activity?["name"]?.GetValueKind() == JsonValueKind.String)
                    activities.TryAdd((string)activity["name"]!, activity);
        return activities;
    }

    // A step that is several has the activity's name and its own.
    private static JsonNode Find(Dictionary<string, JsonNode> activities, string label, ActResult act) =>
        activities.GetValueOrDefault(label) ?? activities.Where(pair => label.StartsWith(pair.Key + " ", StringComparison.Ordinal)).MaxBy(pair => pair.Key.Length).Value ?? Made("action", label, act.What);

    // All are done, in their order.
    private static JsonNode Rollback(JsonObject experiment, Dictionary<string, JsonNode> activities, ActResult act, int index)
    {
        JsonNode activity = experiment["rollbacks"]![index]!;
        return activity["ref"] is { } name ? Find(activities, (string)name!, act) : activity;
    }

    private static JsonObject Made(string type, string name, string what) => new()
    {
        ["type"] = type,
        ["name"] = name,
        ["provider"] = new JsonObject { ["type"] = "containerchaos", [type] = what },
    };

    private static string Moment(TrialResult trial, long monotonic) =>
        trial.StartedAt.AddTicks((monotonic - trial.Origin) / 100).UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture) + "+00:00";
}
